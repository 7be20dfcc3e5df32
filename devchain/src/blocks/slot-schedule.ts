// SPDX-License-Identifier: Apache-2.0

/** Aura's slot duration, and the relay chain's. */
export const SLOT_MS = 6_000;

/** A transaction waits this long for others that come at the same time. */
const GATHER_MS = 15;

/** An empty block is left to the last tenth of its period, so that a transaction may still go into it. */
const EMPTY_BLOCK_AT = 0.9;

/**
 * When to build the next block, in milliseconds from `now`. Time is cut into periods of `blockTimeMs`; each gets one
 * block: at once when a transaction waits, else shortly before the period ends.
 *
 * @param lastPeriod the period of the newest block
 */
export function delayToNextBlock(
  now: number,
  blockTimeMs: number,
  lastPeriod: number,
  pending: boolean,
): number {
  const period = Math.floor(now / blockTimeMs);
  // A clock that was set back must not stop the chain.
  const last = Math.min(lastPeriod, period);
  const target = Math.max(last + 1, period);
  if (pending) return Math.max(target * blockTimeMs - now, GATHER_MS);
  return Math.max((target + EMPTY_BLOCK_AT) * blockTimeMs - now, 0);
}

/** The slot and time of a block built now: those of the wall clock, or the next slot where the chain is ahead. */
export function slotForBlock(
  now: number,
  parentSlot: number | undefined,
): { slot: number; timestamp: number } {
  const wall = Math.floor(now / SLOT_MS);
  if (parentSlot === undefined || wall > parentSlot) return { slot: wall, timestamp: Math.floor(now) };
  return { slot: parentSlot + 1, timestamp: (parentSlot + 1) * SLOT_MS };
}
