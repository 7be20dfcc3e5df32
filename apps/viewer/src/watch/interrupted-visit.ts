// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "@tickstream/contracts-types";

const KEY = "tickstream.visit";

/** What somebody had agreed to when the page was reloaded under them. */
export interface Visit {
  stream: string;
  /** The price they agreed to, in plancks a tick. */
  rate: bigint;
  /** What was left of their limit. */
  limit: bigint;
}

/** Kept for this window only, and until it is closed. */
export function keepVisit({ stream, rate, limit }: Visit): void {
  sessionStorage.setItem(KEY, JSON.stringify([stream, String(rate), String(limit)]));
}

export function forgetVisit(): void {
  sessionStorage.removeItem(KEY);
}

/** Takes what is left of a visit to a stream, once: nothing where its price is another now. */
export function takeVisit(stream: string, rate: bigint): Planck | undefined {
  const stored = sessionStorage.getItem(KEY);
  forgetVisit();
  if (stored === null) return undefined;
  const [id, agreed, left] = JSON.parse(stored) as [string, string, string];
  return id === stream && BigInt(agreed) >= rate && BigInt(left) > 0n ? planck(left) : undefined;
}
