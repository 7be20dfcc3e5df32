// SPDX-License-Identifier: Apache-2.0
import { useFullscreenElement, useIdle, useMergedRef, useToggle } from "@mantine/hooks";
import type { StreamDetail } from "@tickstream/contracts-types";
import type { Player } from "@tickstream/sdk";
import { shortAddress, usePreference, useT } from "@tickstream/ui";
import { type ReactNode, type RefCallback, useCallback, useEffect, useState } from "react";
import type { usePlaybackChoice } from "../watch/use-playback-choice.ts";
import { Controls } from "./controls.tsx";
import { ShortcutsHelp } from "./shortcuts-help.tsx";
import { useShortcuts } from "./shortcuts.ts";
import { StatsPanel } from "./stats-panel.tsx";
import { useMediaSession } from "./use-media-session.ts";
import { useMediaState } from "./use-media-state.ts";
import { usePlayerActions } from "./use-player-actions.ts";

/** The controls go away when nothing was moved for so long. */
const IDLE_MS = 2_500;

/** The picture, what covers it while there is none, and the controls. */
export function Stage(props: {
  attach: RefCallback<HTMLVideoElement>;
  stream: StreamDetail;
  player: Player | undefined;
  choice: ReturnType<typeof usePlaybackChoice>;
  /** Stands over the picture. */
  cover: ReactNode;
  /** Stands in a corner of it. */
  corner?: ReactNode;
}) {
  const { attach, stream, player, choice, cover, corner } = props;
  const { title, creator, picture, playback } = stream;
  const t = useT();
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [stage, setStage] = useState<HTMLElement | null>(null);
  const take = useCallback(
    (element: HTMLVideoElement) => {
      setVideo(element);
      const release = attach(element);
      return () => {
        setVideo(null);
        release?.();
      };
    },
    [attach],
  );
  useEffect(() => player?.update({ playback }), [player, playback]);
  const media = useMediaState(video);
  const actions = usePlayerActions(video, stage, player);
  const idle = useIdle(IDLE_MS, { initialState: false });
  const { ref: followFullscreen, fullscreen } = useFullscreenElement<HTMLElement>();
  const takeStage = useMergedRef(setStage, followFullscreen);
  const [statsShown, toggleStats] = useToggle([false, true]);
  const [helpShown, toggleHelp] = useToggle([false, true]);
  const [shortcuts, setShortcuts] = usePreference("shortcuts", ["on", "off"], "on");
  useShortcuts({
    enabled: shortcuts === "on" && !helpShown,
    actions,
    volume: media.volume,
    toggleStats,
    toggleHelp,
  });
  useMediaSession({ title, artist: creator ? shortAddress(creator) : "Tickstream", picture, actions });
  return (
    <section
      ref={takeStage}
      className="stage"
      aria-label={t("viewer.player")}
      data-idle={(idle && !media.paused) || undefined}
    >
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- live: captions come in the stream or not at all */}
      <video
        ref={take}
        playsInline
        aria-label={title}
        poster={picture ?? undefined}
        onClick={actions?.togglePlay}
        onDoubleClick={actions?.toggleFullscreen}
      />
      {corner && <div className="stage-corner">{corner}</div>}
      {cover && <div className="stage-cover">{cover}</div>}
      {statsShown && player && <StatsPanel player={player} onClose={() => toggleStats()} />}
      {actions && player && stage && (
        <Controls
          media={media}
          actions={actions}
          fullscreen={fullscreen}
          player={player}
          choice={choice}
          whepObstacle={playback.whepObstacle}
          statsShown={statsShown ?? false}
          toggleStats={toggleStats}
          openHelp={toggleHelp}
          stage={stage}
        />
      )}
      {helpShown && (
        <ShortcutsHelp
          enabled={shortcuts === "on"}
          {...(fullscreen && stage && { within: stage })}
          setEnabled={(on) => setShortcuts(on ? "on" : "off")}
          onClose={() => toggleHelp()}
        />
      )}
    </section>
  );
}
