// SPDX-License-Identifier: Apache-2.0
import { planck, type NodeInfo, type Planck } from "@tickstream/contracts-types";

/** How long a suggested deposit lasts. */
const SUGGESTED_MS = 30 * 60_000;

/** A round sum for half an hour and a few channels, at least a hundredth of a token: what stays over comes back anyway. */
export function suggestDeposit(
  rate: bigint,
  tickMs: number,
  node: Pick<NodeInfo, "openFee" | "token">,
): Planck {
  const ticks = BigInt(Math.ceil(SUGGESTED_MS / tickMs));
  const needed = rate * ticks + node.openFee * 4n;
  const least = 10n ** BigInt(Math.max(0, node.token.decimals - 2));
  return planck(roundUp(needed > least ? needed : least));
}

/** Up to two significant digits. */
function roundUp(amount: bigint): bigint {
  const step = 10n ** BigInt(Math.max(0, amount.toString().length - 2));
  return ((amount + step - 1n) / step) * step;
}
