// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { planck, type NodeInfo, type StreamDetail } from "@tickstream/contracts-types";
import type { BlockReason, PaySession, SessionState } from "@tickstream/sdk";
import { Problem, type Translate, useFormat, useT } from "@tickstream/ui";
import { suggestDeposit } from "../watch/suggest-deposit.ts";
import { Figures } from "./figures.tsx";
import { LimitForm } from "./limit-form.tsx";
import { Shares } from "./shares.tsx";
import { TopUp } from "./top-up.tsx";
import { usePayingAccount } from "./use-paying-account.ts";
import { useSession } from "./use-session.ts";

/** By the warning of low money; and on every page, for as long as it is so. */
const TOLD_ELSEWHERE: readonly string[] = ["tab-low", "chain-unreachable"];

/** What nobody meant to happen; the rest passes by itself, or is the viewer's to decide. */
const FAULTS: ReadonlySet<BlockReason> = new Set(["keys-withheld", "wrong-key", "refused", "store-failed"]);

/** A running session: figures, what keeps it from paying, and the way out. */
export function Meter(props: {
  session: PaySession;
  stream: StreamDetail;
  node: NodeInfo;
  stopping: boolean;
  onStop: () => void;
}) {
  const { session, stream, node, stopping, onStop } = props;
  const { token } = node;
  const t = useT();
  const format = useFormat();
  const payer = usePayingAccount(session);
  const { state, stats, newTerms, lowAt, closing } = useSession(session);
  const more = suggestDeposit(stream.rate, stream.tickMs, node);
  // A top-up ends it.
  const low = lowAt !== undefined && stats.ticksLeft <= lowAt;
  const blocked = state.name === "blocked" ? state : undefined;
  const wantsMoney = blocked?.reason === "tab-empty" || low;
  return (
    <Stack gap="md">
      <Figures
        stats={stats}
        tickMs={session.tickMs}
        token={token}
        rate={session.terms?.rate ?? stream.rate}
      />
      <Text size="sm" c="dimmed" aria-live="polite">
        {describeState(state, t)}
      </Text>
      {payer?.isOther && (
        <Text size="sm" component="output">
          {t("viewer.payer-other", { account: payer.name })}
        </Text>
      )}
      {blocked && blocked.reason !== "terms-changed" && (
        <Problem
          error={blocked.error}
          tone={FAULTS.has(blocked.reason) ? "fault" : "pause"}
          action={wayOn(blocked.reason, session, t)}
        />
      )}
      {low && !blocked && (
        <Alert color="yellow" title={t("viewer.low-title")} role="alert">
          <Text size="sm">
            {t("viewer.low", { seconds: Math.round((stats.ticksLeft * session.tickMs) / 1000) })}
          </Text>
        </Alert>
      )}
      {wantsMoney && <TopUp session={session} payer={payer} amount={more} token={token} />}
      {newTerms && (
        <Alert color="yellow" title={t("viewer.new-price-title")} role="alert">
          <Text size="sm">
            {t("viewer.new-price", {
              to: format.rate(newTerms.to, session.tickMs, token),
              from: format.rate(newTerms.from, session.tickMs, token),
            })}
          </Text>
          <Group mt="sm" gap="xs">
            <Button size="xs" onClick={() => session.acceptTerms()}>
              {t("viewer.new-price-accept")}
            </Button>
            <Button size="xs" variant="default" onClick={onStop}>
              {t("viewer.stop")}
            </Button>
          </Group>
        </Alert>
      )}
      {closing && !TOLD_ELSEWHERE.includes(closing.code) && state.name !== "ended" && (
        <Alert color="yellow" title={t("viewer.closing-title")}>
          <Text size="sm">{closing.message}</Text>
        </Alert>
      )}
      <LimitForm session={session} limit={stats.limit} token={token} />
      <Shares stream={stream} />
      <Group grow>
        {state.name === "paused" ? (
          <Button variant="default" onClick={() => session.resume()}>
            {t("viewer.resume-paying")}
          </Button>
        ) : (
          <Button variant="default" px="xs" disabled={state.name === "ended"} onClick={() => session.pause()}>
            {t("viewer.pause")}
          </Button>
        )}
        <Button variant="default" px="xs" loading={stopping} onClick={onStop}>
          {t("viewer.stop")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t("viewer.promise", { limit: format.amount(planck(stats.limit), token) })}
      </Text>
    </Stack>
  );
}

function describeState(state: SessionState, t: Translate): string {
  switch (state.name) {
    case "connecting":
      return t("viewer.state-connecting");
    case "opening":
      return t("viewer.state-opening");
    case "active":
      return t("viewer.state-active");
    case "paused":
      return t("viewer.state-paused");
    case "blocked":
      return t("viewer.state-blocked");
    default:
      return t(state.reason === "stream-ended" ? "viewer.state-ended" : "viewer.state-stopped");
  }
}

/** What the viewer can do about a block, where there is something to do here. */
function wayOn(reason: BlockReason, session: PaySession, t: Translate) {
  switch (reason) {
    case "superseded":
      return { label: t("viewer.watch-here"), onClick: () => session.retry() };
    case "limit-reached":
      return {
        label: t("viewer.limit-double"),
        onClick: () => session.setLimit(planck(session.stats.limit * 2n)),
      };
    case "keys-withheld":
    case "wrong-key":
    case "refused":
      return { label: t("common.retry"), onClick: () => session.retry() };
    default:
      return undefined; // goes away by itself
  }
}
