// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import type { TokenPrice } from "@tickstream/contracts-types";

export interface PriceSourceOptions {
  /** Answers a `GET` with JSON. */
  url: string;
  /** Where the price stands in it, names and indexes with points between: `polkadot.eur`. */
  field: string;
  /** ISO 4217. */
  currency: string;
  /** How often to ask, in milliseconds. */
  everyMs?: number;
  /** How old a price may get before it is told no more. */
  staleMs?: number;
  timeoutMs?: number;
  log: { warn(fields: object, message: string): void };
}

/** What a token is worth, as somebody outside says. */
export interface PriceSource {
  /** The last one that is not too old; `null`: there is none now. */
  price(): TokenPrice | null;
  stop(): Promise<void>;
}

const MAX_BYTES = 256 << 10;

/** Asks again and again; a failure leaves the last price until it is stale. */
export function startPriceSource(options: PriceSourceOptions): PriceSource {
  const { currency, everyMs = 300_000, staleMs = 3_600_000 } = options;
  const stopped = new AbortController();
  let last: { perUnit: number; at: number } | null = null;
  let failing = false;

  const poll = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        last = { perUnit: await ask(options, stopped.signal), at: Date.now() };
        failing = false;
      } catch (error) {
        if (stopped.signal.aborted) return;
        // Once, until it works again.
        if (!failing) options.log.warn({ err: error }, "the price source does not answer as it should");
        failing = true;
      }
      await sleep(everyMs, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
    }
  };
  const polling = poll();

  return {
    price() {
      if (last === null || Date.now() - last.at > staleMs) return null;
      return { currency, perUnit: last.perUnit, at: new Date(last.at).toISOString() };
    },
    async stop() {
      stopped.abort();
      await polling;
    },
  };
}

async function ask(options: PriceSourceOptions, stopped: AbortSignal): Promise<number> {
  const { url, field, timeoutMs = 10_000 } = options;
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    signal: AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const found = at(JSON.parse(await bodyText(response)) as unknown, field.split("."));
  // Some write numbers as text, so that nothing is rounded on the way.
  const price = typeof found === "string" ? Number(found) : found;
  if (typeof price !== "number" || !Number.isFinite(price) || price <= 0) {
    throw new Error(`no price at ${field}`);
  }
  return price;
}

/** The body, or an error where it is longer than any answer about a price has to be. */
async function bodyText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function at(value: unknown, path: string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) =>
      typeof inside === "object" && inside !== null && Object.hasOwn(inside, name)
        ? (inside as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
