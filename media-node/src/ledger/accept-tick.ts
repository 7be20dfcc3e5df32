// SPDX-License-Identifier: Apache-2.0
import { MAX_TICK_ADVANCE, verifyAdvance, type Epoch } from "@tickstream/contracts-types";
import { sellingLimit, type CreditPolicy } from "./credit.ts";
import { MAX_RANGES } from "./epoch-ranges.ts";
import type { LedgerChannel } from "./ledger-channel.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** A viewer's payment: proof of `n` ticks, and the epochs it wants. */
export interface Tick {
  n: number;
  preimage: Uint8Array;
  epochs: readonly Epoch[];
}

/** The epochs for sale, both inclusive: from the start of the stream's window to one beyond the live edge. */
export interface SaleWindow {
  from: Epoch;
  to: Epoch;
}

/**
 * Checks a tick and, when it is good, moves the channel in memory; a refused tick leaves it as it was.
 * The rule that makes it a sale: `|bought ∪ epochs| <= n`. Epochs bought before cost nothing again.
 *
 * @param window `null` while the stream is off the air: then nothing new is sold
 */
export function acceptTick(
  channel: LedgerChannel,
  tick: Tick,
  window: SaleWindow | null,
  policy: CreditPolicy,
): Refusal | null {
  const { commitment, bought } = channel;
  if (tick.n < channel.ticks) {
    return refuse("preimage-invalid", "This channel has already paid further.", { n: String(channel.ticks) });
  }
  if (tick.n > commitment.maxTicks) {
    return refuse("advance-too-far", "The commitment does not reach that far.", {
      n: String(commitment.maxTicks),
    });
  }
  if (tick.n - channel.ticks > MAX_TICK_ADVANCE) {
    return refuse("advance-too-far", `A tick advances by at most ${MAX_TICK_ADVANCE}.`, {
      n: String(channel.ticks + MAX_TICK_ADVANCE),
    });
  }
  const from = { n: channel.ticks, preimage: channel.preimage };
  if (!verifyAdvance({ from, to: tick, maxAdvance: MAX_TICK_ADVANCE })) {
    return refuse("preimage-invalid", "The preimage does not hash to the last one.");
  }

  const fresh = bought.missing(tick.epochs);
  if (fresh.length > 0) {
    if (window === null) return refuse("stream-off-air", "The stream is not on air.");
    if (fresh.some((epoch) => epoch < window.from || epoch > window.to)) {
      return refuse("epochs-out-of-range", "Some of these epochs are not for sale.", {
        from: String(window.from),
        to: String(window.to),
      });
    }
    if (bought.ranges + fresh.length > MAX_RANGES) {
      return refuse(
        "epochs-out-of-range",
        "This channel has bought too many scattered epochs: open another.",
      );
    }
    const sold = bought.size + fresh.length;
    if (sold > tick.n) {
      return refuse("epochs-unpaid", "These epochs cost more ticks than were paid.", { n: String(sold) });
    }
    const limit = sellingLimit(channel, policy);
    if (limit !== null && sold > limit) {
      return refuse("credit-exhausted", "The node sells no more until the chain has the channel.", {
        ticks: String(limit),
      });
    }
  }

  channel.ticks = tick.n;
  channel.preimage = tick.preimage;
  for (const epoch of fresh) bought.add(epoch);
  return null;
}
