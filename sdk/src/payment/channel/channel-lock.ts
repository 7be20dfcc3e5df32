// SPDX-License-Identifier: Apache-2.0
import type { ChannelId } from "@tickstream/contracts-types";
import type { SessionStore, StoreLock } from "../session-store.ts";

/** The right to pay with a channel; `null` where another page or process has it this very moment. */
export function lockChannel(
  store: Pick<SessionStore, "tryLock">,
  channel: ChannelId,
): Promise<StoreLock | null> {
  return store.tryLock(`channel-${channel}`);
}

/** Whether nobody pays with a channel this very moment. */
export async function isChannelFree(
  store: Pick<SessionStore, "tryLock">,
  channel: ChannelId,
): Promise<boolean> {
  const lock = await lockChannel(store, channel);
  await lock?.release();
  return lock !== null;
}
