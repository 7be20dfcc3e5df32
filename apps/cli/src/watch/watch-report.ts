// SPDX-License-Identifier: Apache-2.0
import { formatAmount, planck, type StreamDetail, type Token } from "@tickstream/contracts-types";
import type { ReaderPart, SessionState, SessionStats, TransactionStep } from "@tickstream/sdk";
import { errorLine } from "../cli-error.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Tells a headless viewer's progress: lines for people, or one JSON object a line (amounts as decimal strings). */
export interface WatchReport {
  stream(stream: StreamDetail): void;
  step(step: TransactionStep): void;
  state(state: SessionState): void;
  part(part: ReaderPart, mediaMs: number, stats: SessionStats | undefined): void;
  warn(error: unknown): void;
  end(stats: SessionStats): void;
}

const STEPS: Record<TransactionStep, string> = {
  connecting: "connecting to the chain",
  "waiting-for-wallet": "funding a tab: waiting for the wallet",
  introducing: "funding a tab: the wallet learns the chain",
  signing: "funding a tab: signing",
  broadcast: "funding a tab: sent to the chain",
  "in-block": "funding a tab: in a block",
  finalized: "funding a tab: final",
};

export function createReport(
  terminal: Terminal,
  { json, token, tickMs }: { json: boolean; token: Token; tickMs: number },
): WatchReport {
  const startedAt = performance.now();
  let ticksTold = 0;
  let firstPartAt: number | undefined;
  const money = (amount: bigint) => formatAmount(planck(amount), token);
  const tell = (event: string, fields: Record<string, unknown>, line: string) => {
    if (json)
      terminal.print(
        JSON.stringify({ event, ...fields }, (_key, value: unknown) =>
          typeof value === "bigint" ? String(value) : value,
        ),
      );
    else terminal.print(line);
  };
  return {
    stream({ id, title, rate }) {
      const price = rate === 0n ? "free" : `${money(rate)} per ${tickMs / 1000} s`;
      tell("stream", { id, title, rate, tickMs }, `${title} (${price})`);
    },
    step: (step) => tell("step", { step }, STEPS[step]),
    state(state) {
      if (state.name === "blocked") {
        tell("state", { state: state.name, reason: state.reason }, `not paying: ${state.error.shortMessage}`);
      } else {
        tell("state", { state: state.name }, `session ${state.name}`);
      }
    },
    part(part, mediaMs, stats) {
      firstPartAt ??= performance.now();
      const whole = Math.floor(mediaMs / tickMs);
      if (whole <= ticksTold) return;
      ticksTold = whole;
      const { latencyMs, epoch } = part;
      const seconds = (mediaMs / 1000).toFixed(1);
      const fields = {
        seconds: mediaMs / 1000,
        epoch,
        latencyMs,
        ticks: stats?.ticks ?? 0,
        spent: stats?.spent ?? 0n,
      };
      const paid = stats ? `  paid ${stats.ticks} ticks, ${money(stats.spent)}` : "";
      tell(
        "tick",
        fields,
        `${seconds.padStart(7)} s${paid}  latency ${latencyMs === null ? "?" : Math.round(latencyMs)} ms`,
      );
    },
    warn: (error) => tell("warning", { message: errorLine(error) }, `trying again: ${errorLine(error)}`),
    end({ ticks, spent, lost }) {
      const firstPartMs = firstPartAt === undefined ? null : Math.round(firstPartAt - startedAt);
      const line = `watched and paid ${ticks} ticks, ${money(spent)} with opening fees${lost ? `; ${lost} paid ticks lost` : ""}`;
      tell("end", { ticks, spent, lost, firstPartMs }, line);
    },
  };
}
