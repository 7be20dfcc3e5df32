// SPDX-License-Identifier: Apache-2.0
import { Menu } from "@mantine/core";
import { IconCheck, IconSettings } from "@tabler/icons-react";
import type { Player } from "@tickstream/sdk";
import { useT } from "@tickstream/ui";
import {
  LATENCIES,
  type PlaybackChoice,
  TRANSPORTS,
  type usePlaybackChoice,
} from "../watch/use-playback-choice.ts";
import { Control } from "./control.tsx";

export interface SettingsMenuProps {
  player: Player;
  choice: ReturnType<typeof usePlaybackChoice>;
  /** Whether the node serves this stream over WebRTC. */
  webrtc: boolean;
  statsShown: boolean;
  toggleStats: () => void;
  openHelp: () => void;
  /** Where menus are drawn: full screen shows nothing outside of the stage. */
  stage: HTMLElement;
}

/** How far behind live, by which way, in which quality. */
export function SettingsMenu(props: SettingsMenuProps) {
  const { player, choice, webrtc, statsShown, toggleStats, openHelp, stage } = props;
  const t = useT();
  const transports = webrtc ? TRANSPORTS : TRANSPORTS.filter((transport) => transport !== "webrtc");
  return (
    <Menu position="top-end" width={260} portalProps={{ target: stage }} zIndex={50}>
      <Menu.Target>
        <span>
          <Control label={t("viewer.settings")} icon={<IconSettings size={20} />} />
        </span>
      </Menu.Target>
      <Menu.Dropdown className="settings-menu">
        <Menu.Label>{t("viewer.latency")}</Menu.Label>
        {LATENCIES.map((latency: PlaybackChoice["latency"]) => (
          <Option
            key={latency}
            label={t(`viewer.latency-${latency}`)}
            chosen={choice.latency === latency}
            onClick={() => choice.setLatency(latency)}
          />
        ))}
        <Menu.Label>{t("viewer.transport")}</Menu.Label>
        {transports.map((transport: PlaybackChoice["transport"]) => (
          <Option
            key={transport}
            label={t(`viewer.transport-${transport}`)}
            chosen={choice.transport === transport}
            onClick={() => choice.setTransport(transport)}
          />
        ))}
        <Menu.Label>{t("viewer.quality")}</Menu.Label>
        {player.qualities.map(({ id, height }) => (
          <Option
            key={id}
            label={height === null ? t("viewer.quality-source") : t("viewer.quality-source-of", { height })}
            chosen={player.quality === id}
          />
        ))}
        <Menu.Divider />
        <Option label={t("viewer.stats")} chosen={statsShown} onClick={toggleStats} />
        <Menu.Item onClick={openHelp}>{t("viewer.shortcuts")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Option(props: { label: string; chosen: boolean; onClick?: () => void }) {
  const { label, chosen, onClick } = props;
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      rightSection={chosen && <IconCheck size={16} aria-hidden />}
      {...(onClick && { onClick })}
    >
      {label}
    </Menu.Item>
  );
}
