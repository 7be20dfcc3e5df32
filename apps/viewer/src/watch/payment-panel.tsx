// SPDX-License-Identifier: Apache-2.0
import { Button, Skeleton, Stack, Text } from "@mantine/core";
import type { NodeInfo, StreamDetail } from "@tickstream/contracts-types";
import { Problem, TransactionProgress, useT, useWallet } from "@tickstream/ui";
import { Figures } from "../meter/figures.tsx";
import { Meter } from "../meter/meter.tsx";
import { Shares } from "../meter/shares.tsx";
import { TakeBack } from "../wallet/take-back.tsx";
import { useTabMoney } from "../wallet/use-tab-money.ts";
import { PriceTag } from "./price-tag.tsx";
import { StartForm } from "./start-form.tsx";
import { useOpenChannel } from "./use-open-channel.ts";
import type { PlaybackChoice } from "./use-playback-choice.ts";
import type { WatchController, WatchState } from "./watch-controller.ts";

/** Everything about money on the watch page. */
export function PaymentPanel(props: {
  stream: StreamDetail;
  node: NodeInfo;
  watch: WatchController | undefined;
  state: WatchState;
  choice: PlaybackChoice;
}) {
  const { stream, node, watch, state, choice } = props;
  const { phase, error } = state;
  const t = useT();
  const { wallet } = useWallet();
  const idle = phase.name !== "watching";
  const money = useTabMoney({ refresh: idle });
  const inChannel = useOpenChannel(stream, { refresh: idle });
  // That there was no tab is what was known before the one was funded that has just been watched from.
  const asksAnew = phase.name === "stopped" && money.data === null && money.isFetching;
  if (phase.name === "watching") {
    return (
      <Stack gap="md">
        {error !== undefined && <Problem error={error} />}
        <Meter
          session={phase.session}
          stream={stream}
          node={node}
          stopping={phase.stopping}
          onStop={() => void watch?.stop()}
        />
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      {error !== undefined && <Problem error={error} />}
      {/* One problem at a time: what keeps one from starting is most often what keeps the tab from being read. */}
      {error === undefined && money.error && <Problem error={money.error} />}
      {phase.name === "stopped" && (
        <Figures stats={phase.stats} tickMs={phase.tickMs} token={node.token} final />
      )}
      <PriceTag stream={stream} token={node.token} />
      {phase.name === "starting" && (
        <>
          {phase.step === "opening" ? (
            <Text size="sm" aria-live="polite">
              {t("viewer.state-opening")}
            </Text>
          ) : (
            <TransactionProgress step={phase.step} />
          )}
          <Button variant="default" onClick={() => watch?.cancel()}>
            {t("common.cancel")}
          </Button>
        </>
      )}
      {phase.name !== "starting" && stream.state === "ended" && (
        <Text size="sm">{t("viewer.nothing-more")}</Text>
      )}
      {asksAnew && <Skeleton height={160} />}
      {stream.state !== "ended" && (
        // Stays while it starts: who declines in the wallet finds the amounts as they typed them.
        <div hidden={phase.name === "starting" || asksAnew}>
          <StartForm
            stream={stream}
            node={node}
            money={money.data ?? undefined}
            inChannel={inChannel}
            afterPreview={phase.name === "preview"}
            onStart={({ deposit, limit }) => void watch?.start({ stream, choice, wallet, deposit, limit })}
          />
        </div>
      )}
      <Shares stream={stream} />
      {phase.name !== "starting" && <TakeBack money={money.data} token={node.token} />}
    </Stack>
  );
}
