// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "./amounts.ts";
import { TickstreamError } from "./errors.ts";

/** Shares are parts per billion, as the chain's `Perbill` has them: 1,000,000,000 is the whole. */
export const WHOLE_SHARE = 1_000_000_000;

/** How a channel's payments divide: the terms of its version. */
export interface SplitTerms {
  /** Plancks per tick. */
  rate: Planck;
  /** The operator's part of everything, in parts per billion. */
  operatorShare: number;
  /** The payees' parts of the rest, in parts per billion, in the order of the terms; they sum to {@link WHOLE_SHARE}. */
  payees: readonly number[];
}

/** Who gets what: `total` is the operator's part and the payees', exactly. */
export interface Split {
  total: Planck;
  operator: Planck;
  /** In the order of the terms. */
  payees: Planck[];
}

/** Terms or ticks that can't be split. Code `split-invalid`. */
export class SplitError extends TickstreamError {
  override readonly name = "SplitError";

  constructor(details: string) {
    super("split-invalid", "These ticks can't be split on these terms.", { details });
  }
}

/**
 * What a settlement from tick `from` to tick `to` pays, and to whom.
 *
 * All figures are cumulative over the channel and a settlement pays the difference, so that it does not
 * matter how often one settles (protocol, "Split"): with `T(n) = n × rate`, the operator has
 * `⌊T(n) × share⌋`; of the rest, payees 1, 2, … take in turn their part of what is left, `⌊rest × p / S⌋`
 * where `S` sums the shares not yet served; payee 0 has the last rest.
 *
 * @throws {@link SplitError}, or AmountError where `to × rate` exceeds a `u128`
 */
export function splitTicks(terms: SplitTerms, from: number, to: number): Split {
  checkTerms(terms);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from) {
    throw new SplitError(`ticks ${from} to ${to}`);
  }
  const before = cumulativeSplit(terms, from);
  const after = cumulativeSplit(terms, to);
  return {
    total: planck(after.total - before.total),
    operator: planck(after.operator - before.operator),
    payees: after.payees.map((amount, i) => planck(amount - before.payees[i]!)),
  };
}

/**
 * What each payee gets of a tip, all of which goes to the payees.
 *
 * @param payees their shares in parts per billion, in the order of the terms
 * @throws {@link SplitError}
 */
export function splitTip(amount: Planck, payees: readonly number[]): Planck[] {
  checkShares(payees);
  return splitAmong(amount, payees);
}

function cumulativeSplit(terms: SplitTerms, ticks: number): Split {
  const total = planck(BigInt(ticks) * terms.rate);
  const operator = (total * BigInt(terms.operatorShare)) / BigInt(WHOLE_SHARE);
  return { total, operator: planck(operator), payees: splitAmong(total - operator, terms.payees) };
}

/** Payees 1, 2, … in turn take their floor of what is left; payee 0 has the rest. */
function splitAmong(amount: bigint, shares: readonly number[]): Planck[] {
  let rest = amount;
  let unserved = BigInt(WHOLE_SHARE);
  const others: Planck[] = [];
  for (let i = 1; i < shares.length; i++) {
    const share = BigInt(shares[i]!);
    const part = (rest * share) / unserved;
    others.push(planck(part));
    rest -= part;
    unserved -= share;
  }
  return [planck(rest), ...others];
}

function checkTerms(terms: SplitTerms): void {
  if (!isShare(terms.operatorShare)) throw new SplitError(`operator's share ${terms.operatorShare}`);
  checkShares(terms.payees);
}

function checkShares(payees: readonly number[]): void {
  const bad = payees.find((share) => !isShare(share) || share === 0);
  if (bad !== undefined) throw new SplitError(`a payee's share ${bad}`);
  const sum = payees.reduce((a, b) => a + b, 0);
  if (sum !== WHOLE_SHARE) throw new SplitError(`the payees' shares sum to ${sum}, not ${WHOLE_SHARE}`);
}

function isShare(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= WHOLE_SHARE;
}
