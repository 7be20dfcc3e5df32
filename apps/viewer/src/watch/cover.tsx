// SPDX-License-Identifier: Apache-2.0
import { Button, Text } from "@mantine/core";
import { IconPlayerPlayFilled, IconVolume } from "@tabler/icons-react";
import type { StreamDetail } from "@tickstream/contracts-types";
import { explainProblem, Loading, useFormat, useNode, useT } from "@tickstream/ui";
import type { WatchController, WatchState } from "./watch-controller.ts";

/** What stands over the picture while there is none, or while it wants something. */
export function useCover(stream: StreamDetail, watch: WatchController | undefined, state: WatchState) {
  const t = useT();
  const { phase, playerState, muted } = state;
  if (playerState?.name === "blocked") {
    const { title, advice } = explainProblem(playerState.error, t);
    return (
      <>
        <Text fw={650}>{title}</Text>
        {advice && (
          <Text size="sm" className="cover-advice">
            {advice}
          </Text>
        )}
        {playerState.reason === "preview-over" && <WatchButton stream={stream} />}
      </>
    );
  }
  if (stream.state === "ended") return <Text>{t("viewer.cover-ended")}</Text>;
  if (stream.state === "offline") return <Text>{t("viewer.cover-offline")}</Text>;
  if (stream.state === "waiting") return <Text>{t("viewer.cover-interrupted")}</Text>;
  switch (phase.name) {
    case "starting":
      if (state.player) return null; // the preview goes on meanwhile
      return <Loading color="gray.0" />;
    case "free":
    case "preview":
    case "watching":
      if (playerState === undefined || playerState.name === "loading") {
        return <Loading color="gray.0" />;
      }
      if (playerState.name === "waiting") return <Text>{t("viewer.cover-waiting")}</Text>;
      if (playerState.name === "ended") return <Text>{t("viewer.cover-ended")}</Text>;
      if (muted) {
        return (
          <Button
            className="on-picture"
            leftSection={<IconVolume size={18} />}
            onClick={() => watch?.unmute()}
          >
            {t("viewer.turn-sound-on")}
          </Button>
        );
      }
      return null;
    case "stopped":
      return (
        <>
          <Text>{t("viewer.cover-stopped")}</Text>
          <WatchButton stream={stream} />
        </>
      );
    default:
      return <WatchButton stream={stream} />;
  }
}

/** Leads to where the price is agreed to. */
function WatchButton({ stream }: { stream: StreamDetail }) {
  const t = useT();
  const format = useFormat();
  const { data: node } = useNode();
  if (stream.pay === null || !node) return null;
  return (
    <Button
      className="on-picture"
      leftSection={<IconPlayerPlayFilled size={18} />}
      onClick={() => {
        const panel = document.getElementById(PAYMENT_PANEL);
        panel?.scrollIntoView({ block: "nearest" });
        panel?.querySelector<HTMLElement>("input, button")?.focus();
      }}
    >
      {t("viewer.watch-for", { price: format.perMinute(stream.rate, stream.tickMs, node.token) })}
    </Button>
  );
}

/** Id of the card with the price. */
export const PAYMENT_PANEL = "payment";
