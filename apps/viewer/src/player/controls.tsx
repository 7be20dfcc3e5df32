// SPDX-License-Identifier: Apache-2.0
import { Slider } from "@mantine/core";
import {
  IconBadgeCc,
  IconMaximize,
  IconMinimize,
  IconPictureInPicture,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconVolume,
  IconVolume2,
  IconVolume3,
} from "@tabler/icons-react";
import { useT } from "@tickstream/ui";
import { Control } from "./control.tsx";
import { LiveButton } from "./live-button.tsx";
import { SettingsMenu, type SettingsMenuProps } from "./settings-menu.tsx";
import type { MediaState } from "./use-media-state.ts";
import type { PlayerActions } from "./use-player-actions.ts";

export interface ControlsProps extends SettingsMenuProps {
  media: MediaState;
  actions: PlayerActions;
}

/** The bar under the picture. */
export function Controls({ media, actions, ...settings }: ControlsProps) {
  const { fullscreen } = settings;
  const t = useT();
  const quiet = media.muted || media.volume === 0;
  return (
    <div className="controls" role="toolbar" aria-label={t("viewer.controls")}>
      <Control
        label={t(media.paused ? "viewer.play" : "viewer.pause")}
        shortcut="K"
        onClick={actions.togglePlay}
        icon={media.paused ? <IconPlayerPlayFilled size={20} /> : <IconPlayerPauseFilled size={20} />}
      />
      <Control
        label={t(quiet ? "viewer.unmute" : "viewer.mute")}
        shortcut="M"
        onClick={actions.toggleMute}
        icon={
          quiet ? (
            <IconVolume3 size={20} />
          ) : media.volume < 0.5 ? (
            <IconVolume2 size={20} />
          ) : (
            <IconVolume size={20} />
          )
        }
      />
      <Slider
        className="volume"
        size="xs"
        color="gray.0"
        label={null}
        thumbLabel={t("viewer.volume")}
        min={0}
        max={100}
        value={quiet ? 0 : Math.round(media.volume * 100)}
        onChange={(value) => actions.setVolume(value / 100)}
      />
      <LiveButton player={settings.player} paused={media.paused} onClick={actions.goLive} />
      <span className="controls-gap" />
      <Control
        label={t(
          media.captionTracks === 0
            ? "viewer.captions-none"
            : media.captions
              ? "viewer.captions-off"
              : "viewer.captions-on",
        )}
        shortcut="C"
        aria-disabled={media.captionTracks === 0}
        onClick={actions.toggleCaptions}
        icon={<IconBadgeCc size={20} />}
      />
      <SettingsMenu {...settings} />
      {document.pictureInPictureEnabled && (
        <Control
          label={t(media.pictureInPicture ? "viewer.pip-off" : "viewer.pip-on")}
          shortcut="I"
          onClick={actions.togglePictureInPicture}
          icon={<IconPictureInPicture size={20} />}
        />
      )}
      <Control
        label={t(fullscreen ? "viewer.fullscreen-off" : "viewer.fullscreen-on")}
        shortcut="F"
        onClick={actions.toggleFullscreen}
        icon={fullscreen ? <IconMinimize size={20} /> : <IconMaximize size={20} />}
      />
    </div>
  );
}
