// SPDX-License-Identifier: Apache-2.0
import { delay } from "../../delay.ts";
import type { ChannelRecord, SessionStore } from "../session-store.ts";
import { isChannelFree } from "./channel-lock.ts";

/** How long a lock may take to come back from a page that is being reloaded, on a busy machine. */
const PATIENCE_MS = 1_500;
const RETRY_MS = 50;

/**
 * The first channel that no other page or process pays with. Where all are held they are waited for a moment: after a
 * reload the browser may give back the old page's lock later than the new page asks, and another channel would cost
 * another opening fee.
 *
 * @throws the signal's reason when it aborts
 */
export async function firstFreeChannel<T extends Pick<ChannelRecord, "channel">>(
  store: Pick<SessionStore, "tryLock">,
  channels: readonly T[],
  signal: AbortSignal = new AbortController().signal,
): Promise<T | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    for (const channel of channels) {
      if (await isChannelFree(store, channel.channel)) return channel;
    }
    if (channels.length === 0 || performance.now() >= until) return undefined;
    await delay(RETRY_MS, signal);
  }
}
