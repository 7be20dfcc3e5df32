// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { formatAmount, planck, type Planck, type Token } from "@tickstream/contracts-types";
import type { PaySession, SessionState } from "@tickstream/sdk";
import { Problem } from "../components/problem.tsx";
import { formatRate } from "../format/format.ts";
import { explainProblem } from "../problems/explain-problem.ts";
import { Figures } from "./figures.tsx";
import { useSession } from "./use-session.ts";

/** A running session: figures, what keeps it from paying, and the way out. */
export function SessionPanel(props: {
  session: PaySession;
  token: Token;
  stopping: boolean;
  onStop: () => void;
  /** What a top-up would add, and how to make it. */
  topUp: { amount: Planck; step: string | undefined; start: () => void };
}) {
  const { session, token, stopping, onStop, topUp } = props;
  const { state, stats, newTerms, lowAt, closing } = useSession(session);
  // A top-up ends it.
  const low = lowAt !== undefined && stats.ticksLeft <= lowAt;
  return (
    <Stack gap="md">
      <Figures stats={stats} tickMs={session.tickMs} token={token} />
      <Text size="sm" c="dimmed" aria-live="polite">
        {describeState(state)}
      </Text>
      {state.name === "blocked" && state.reason !== "terms-changed" && (
        <Problem problem={explainProblem(state.error)} action={wayOn(state.reason, session)} />
      )}
      {((state.name === "blocked" && state.reason === "tab-empty") || low) && (
        <Button variant="default" loading={topUp.step !== undefined} onClick={topUp.start}>
          Top up by {formatAmount(topUp.amount, token)}
        </Button>
      )}
      {topUp.step && (
        <Text size="sm" c="dimmed" aria-live="polite">
          {topUp.step}
        </Text>
      )}
      {newTerms && (
        <Alert color="yellow" variant="light" title="The price changed" role="alert">
          <Text size="sm">
            It is {formatRate(newTerms.to, session.tickMs, token)} now, and was{" "}
            {formatRate(newTerms.from, session.tickMs, token)}.
          </Text>
          <Button mt="sm" size="xs" onClick={() => session.acceptTerms()}>
            Accept the new price
          </Button>
        </Alert>
      )}
      {low && state.name === "active" && (
        <Alert color="yellow" variant="light" title="Your tab runs low">
          <Text size="sm">
            It covers some {Math.round((stats.ticksLeft * session.tickMs) / 1000)} seconds more.
          </Text>
        </Alert>
      )}
      {closing && closing.code !== "tab-low" && state.name !== "ended" && (
        <Alert color="yellow" variant="light" title="This is about to end">
          <Text size="sm">{closing.message}</Text>
        </Alert>
      )}
      <Group>
        {state.name === "paused" ? (
          <Button variant="default" onClick={() => session.resume()}>
            Go on
          </Button>
        ) : (
          <Button variant="default" disabled={state.name === "ended"} onClick={() => session.pause()}>
            Pause
          </Button>
        )}
        <Button color="red.9" loading={stopping} onClick={onStop}>
          Stop watching
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        You pay only for seconds that arrive, and never more than {formatAmount(planck(stats.limit), token)}.
      </Text>
    </Stack>
  );
}

function describeState(state: SessionState): string {
  switch (state.name) {
    case "connecting":
      return "Connecting to the node…";
    case "opening":
      return "Opening a payment channel…";
    case "active":
      return "Paying by the second.";
    case "paused":
      return "Paused: nothing is paid.";
    case "blocked":
      return "Not paying at the moment.";
    default:
      return state.reason === "stream-ended" ? "The stream ended." : "Stopped.";
  }
}

/** What the viewer can do about a block, where there is something to do here. */
function wayOn(reason: string, session: PaySession): { label: string; onClick: () => void } | undefined {
  switch (reason) {
    case "superseded":
      return { label: "Watch here instead", onClick: () => session.retry() };
    case "limit-reached":
      return { label: "Double my limit", onClick: () => session.setLimit(planck(session.stats.limit * 2n)) };
    case "keys-withheld":
    case "wrong-key":
    case "refused":
      return { label: "Try again", onClick: () => session.retry() };
    default:
      return undefined; // goes away by itself
  }
}
