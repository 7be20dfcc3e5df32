// SPDX-License-Identifier: Apache-2.0
import { Menu, Text } from "@mantine/core";
import { IconSettings } from "@tabler/icons-react";
import type { WhepObstacle } from "@tickstream/contracts-types";
import type { Player } from "@tickstream/sdk";
import { useT } from "@tickstream/ui";
import { LATENCIES, TRANSPORTS, type usePlaybackChoice } from "../watch/use-playback-choice.ts";
import { Control } from "./control.tsx";

export interface SettingsMenuProps {
  player: Player;
  choice: ReturnType<typeof usePlaybackChoice>;
  /** Why the stream does not come by WebRTC now; `null` where it does. */
  whepObstacle: WhepObstacle | null;
  statsShown: boolean;
  toggleStats: () => void;
  openHelp: () => void;
  stage: HTMLElement;
  /** Then nothing shows outside of the stage; else the menu may be larger than the stage is. */
  fullscreen: boolean;
}

/** How far behind live, by which way, in which quality. */
export function SettingsMenu(props: SettingsMenuProps) {
  const { player, choice, whepObstacle, statsShown, toggleStats, openHelp, stage, fullscreen } = props;
  const t = useT();
  return (
    <Menu position="top-end" width={260} portalProps={fullscreen ? { target: stage } : {}}>
      <Menu.Target>
        <Control label={t("viewer.settings")} icon={<IconSettings size={20} />} />
      </Menu.Target>
      <Menu.Dropdown className="settings-menu">
        <Menu.Label>{t("viewer.latency")}</Menu.Label>
        {LATENCIES.map((latency) => (
          <Menu.RadioItem
            key={latency}
            value={latency}
            checked={choice.latency === latency}
            onChange={() => choice.setLatency(latency)}
          >
            {t(`viewer.latency-${latency}`)}
          </Menu.RadioItem>
        ))}
        <Menu.Label>{t("viewer.transport")}</Menu.Label>
        {TRANSPORTS.map((transport) => (
          <Menu.RadioItem
            key={transport}
            value={transport}
            checked={choice.transport === transport}
            disabled={transport === "webrtc" && whepObstacle !== null}
            onChange={() => choice.setTransport(transport)}
          >
            {t(`viewer.transport-${transport}`)}
          </Menu.RadioItem>
        ))}
        {whepObstacle !== null && (
          <Text className="settings-note" size="xs">
            {t(`viewer.no-webrtc-${whepObstacle}`)}
          </Text>
        )}
        <Menu.Label>{t("viewer.quality")}</Menu.Label>
        {player.qualities.map(({ id, height }) => (
          <Menu.RadioItem key={id} value={id} checked={player.quality === id}>
            {height === null ? t("viewer.quality-source") : t("viewer.quality-source-of", { height })}
          </Menu.RadioItem>
        ))}
        <Menu.Divider />
        <Menu.CheckboxItem value="stats" checked={statsShown} onChange={toggleStats}>
          {t("viewer.stats")}
        </Menu.CheckboxItem>
        <Menu.Item onClick={openHelp}>{t("viewer.shortcuts")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
