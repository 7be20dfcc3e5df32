// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from "node:timers/promises";
import { ApiFailure } from "./api-failure.ts";

/** How long, and how often, the node looks for what a creator has already seen in a final block. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 250;

/**
 * What a final block has, looked for again where it isn't there yet: each connection to the chain hears of finality in its own
 * time, and a creator's own may be faster than the node's.
 *
 * @param read `null`: the final chain has none
 * @throws ApiFailure `chain-unreachable` where it can't be read
 */
export async function awaitFinality<T>(read: () => Promise<T | null>): Promise<T | null> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read().catch(() => {
      throw new ApiFailure(503, "chain-unreachable", "The node has lost the chain: try again in a moment.");
    });
    if (found !== null || performance.now() >= until) return found;
    await setTimeout(RETRY_MS);
  }
}
