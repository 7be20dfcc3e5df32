// SPDX-License-Identifier: Apache-2.0
import {
  encodeCommitment,
  hexToBytes,
  type AccountId,
  type Commitment,
  type Planck,
  type SessionKey,
} from "@tickstream/contracts-types";
import type { ChainForLedger, ChainLimits, ChainTab, ChainTerms } from "./chain-for-ledger.ts";
import { nonceIsFree } from "./nonce-window.ts";
import { refuse, type Refusal } from "./refusal.ts";
import { verifySessionSignature } from "./session-signature.ts";

/** What this node asks of a commitment. */
export interface CommitmentPolicy {
  operator: AccountId;
  openFee: Planck;
  limits: ChainLimits;
  /** Blocks that an opening needs to be included, even on a bad day: `openBy` leaves at least these. */
  openMargin: number;
  /** Blocks before `end` from which nothing more is sold; a channel must last longer than that. */
  settleMargin: number;
}

/** Another commitment of the same tab that the node accepted and the finalized state does not show yet. */
export interface KnownCommitment {
  commitment: Commitment;
  /** Whether the best state shows it. */
  inBest: boolean;
}

/** Plancks that a commitment takes from its tab at opening. */
function costOf(commitment: Commitment): bigint {
  return commitment.openFee + BigInt(commitment.maxTicks) * commitment.rate;
}

/**
 * Every check that the pallet will make, and those that only the node can: so that an accepted commitment opens.
 *
 * @returns the session key that signed, or why not
 */
export async function checkCommitment(
  chain: ChainForLedger,
  policy: CommitmentPolicy,
  commitment: Commitment,
  signature: Uint8Array,
  known: readonly KnownCommitment[],
): Promise<{ sessionKey: SessionKey } | Refusal> {
  const heads = chain.heads();
  if (heads === null) return chainUnreachable();
  const now = heads.best;
  const fixed = checkAgainstNode(policy, commitment, now);
  if (fixed) return fixed;

  let read: [ChainTerms | null, ChainTab | null, ChainTab | null];
  try {
    read = await Promise.all([
      chain.terms(commitment.stream, commitment.terms, "best"),
      chain.tab(commitment.tab, "best"),
      chain.tab(commitment.tab, "finalized"),
    ]);
  } catch {
    return chainUnreachable();
  }
  const [terms, best, finalized] = read;
  const wrong = checkTerms(policy, commitment, terms, now) ?? checkTab(commitment, best, finalized, known);
  if (wrong) return wrong;

  const message = encodeCommitment(hexToBytes(chain.genesisHash, 32), commitment);
  // checkTab has refused a missing tab.
  const { sessionKey } = best!;
  if (!(await verifySessionSignature(sessionKey, message, signature))) {
    return refuse("signature-invalid", "The signature is not the tab's session key's.");
  }
  return { sessionKey };
}

function checkAgainstNode(policy: CommitmentPolicy, commitment: Commitment, now: number): Refusal | null {
  const { limits } = policy;
  const c = commitment;
  if (c.operator !== policy.operator) {
    return refuse("operator-wrong", "The commitment names another operator.", { operator: policy.operator });
  }
  if (c.openFee !== policy.openFee) {
    return refuse("open-fee-wrong", "The node's fee for opening is another.", {
      openFee: String(policy.openFee),
    });
  }
  const openBy = { min: now + policy.openMargin, max: now + limits.maxOpenDelay };
  if (c.openBy < openBy.min || c.openBy > openBy.max) {
    return refuse("open-by-range", "The commitment has to be openable for long enough, but not too long.", {
      openByMin: String(openBy.min),
      openByMax: String(openBy.max),
    });
  }
  const expiry = { min: c.openBy + policy.settleMargin, max: now + limits.maxChannelLife };
  if (c.expiresAt < expiry.min || c.expiresAt > expiry.max) {
    return refuse("expires-at-range", "The channel has to last long enough to settle it, but not too long.", {
      expiresAtMin: String(expiry.min),
      expiresAtMax: String(expiry.max),
    });
  }
  if (c.maxTicks < 1 || c.maxTicks > limits.maxTicks) {
    return refuse("commitment-invalid", "The commitment's length is out of range.", {
      maxTicksMax: String(limits.maxTicks),
    });
  }
  return null;
}

function checkTerms(
  policy: CommitmentPolicy,
  commitment: Commitment,
  terms: ChainTerms | null,
  now: number,
): Refusal | null {
  if (terms === null) return refuse("terms-stale", "The chain has no such version of the stream's terms.");
  if (terms.retired) return refuse("stream-unknown", "The stream was retired.");
  if (terms.rate === 0n) return refuse("stream-free", "The stream is free: nothing has to be paid.");
  if (terms.operators.length > 0 && !terms.operators.includes(policy.operator)) {
    return refuse("operator-wrong", "The stream's creator does not allow this node.");
  }
  // A replaced version still opens for a while; what is too close to the end of it would not be included in time.
  const closesAt = terms.replacedAt === null ? null : terms.replacedAt + policy.limits.updateDelay;
  if (closesAt !== null && now + policy.openMargin >= closesAt) {
    return refuse("terms-stale", "The creator has changed the terms.", { terms: String(terms.current) });
  }
  if (commitment.rate !== terms.rate) {
    return refuse("terms-stale", "The terms say another rate.", { rate: String(terms.rate) });
  }
  const least = policy.limits.minChannel;
  if (BigInt(commitment.maxTicks) * commitment.rate < least) {
    const ticks = (least + commitment.rate - 1n) / commitment.rate;
    return refuse("commitment-invalid", "The channel is smaller than the chain takes.", {
      maxTicksMin: String(ticks),
    });
  }
  return null;
}

function checkTab(
  commitment: Commitment,
  best: ChainTab | null,
  finalized: ChainTab | null,
  known: readonly KnownCommitment[],
): Refusal | null {
  if (best === null) return refuse("tab-unknown", "The chain has no such tab.");
  if (finalized === null) return refuse("tab-unknown", "The tab is not final yet: try again in a moment.");
  if (best.closed || finalized.closed) return refuse("tab-closed", "The tab was closed.");
  const expiresAt = Math.min(best.expiresAt, finalized.expiresAt);
  if (commitment.expiresAt > expiresAt) {
    return refuse("expires-at-range", "The channel would outlive its tab.", {
      expiresAtMax: String(expiresAt),
    });
  }
  const nonceTaken =
    !nonceIsFree(best.nonces, commitment.nonce) ||
    known.some((other) => other.commitment.nonce === commitment.nonce);
  if (nonceTaken) {
    return refuse("commitment-invalid", "The commitment's nonce was used.", {
      nonceMin: String((best.nonces.highest ?? -1) + 1),
    });
  }
  // What other accepted commitments will take is not there, in either state, until that state shows them.
  let freeBest: bigint = best.free;
  let freeFinalized: bigint = finalized.free;
  for (const other of known) {
    const cost = costOf(other.commitment);
    freeFinalized -= cost;
    if (!other.inBest) freeBest -= cost;
  }
  const cover = freeBest < freeFinalized ? freeBest : freeFinalized;
  if (costOf(commitment) > cover) {
    return refuse("tab-insufficient", "The tab does not cover this.", {
      cover: String(cover > 0n ? cover : 0n),
    });
  }
  return null;
}

function chainUnreachable(): Refusal {
  return refuse(
    "chain-unreachable",
    "The node has lost the chain: open channels go on, new ones have to wait.",
  );
}
