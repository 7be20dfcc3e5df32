// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import type { Planck } from "../amounts.ts";
import type { Commitment } from "../commitment.ts";
import { bytesToHex } from "../hex.ts";
import type { AccountId, ChannelId, StreamId } from "../ids.ts";
import { WHOLE_SHARE, type SplitTerms } from "../split.ts";

const MAX_U32 = 0xffff_ffff;

/** `length` bytes. */
export const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

export const u32 = fc.oneof(fc.nat({ max: MAX_U32 }), fc.constantFrom(0, 1, MAX_U32));
export const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
export const amount = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value) => value as Planck);
export const streamId = u64.map((value) => value as StreamId);
export const accountId = bytes(32).map((value) => bytesToHex(value) as AccountId);
export const channelId = bytes(32).map((value) => bytesToHex(value) as ChannelId);
export const epoch = fc.nat({ max: Number.MAX_SAFE_INTEGER });

export const commitment: fc.Arbitrary<Commitment> = fc.record({
  tab: u64,
  nonce: u32,
  openBy: u32,
  stream: streamId,
  terms: u32,
  rate: amount,
  operator: accountId,
  openFee: amount,
  anchor: bytes(32),
  maxTicks: u32,
  expiresAt: u32,
});

/** Terms with one to eight payees whose shares are non-zero and sum to the whole, however uneven. */
export const splitTerms: fc.Arbitrary<SplitTerms> = fc.record({
  rate: fc.bigInt({ min: 0n, max: ((1n << 128n) - 1n) / 86_400n }).map((value) => value as Planck),
  operatorShare: fc.nat({ max: WHOLE_SHARE }),
  payees: fc.uniqueArray(fc.integer({ min: 1, max: WHOLE_SHARE - 1 }), { maxLength: 7 }).map((cuts) => {
    const edges = [0, ...cuts.toSorted((a, b) => a - b), WHOLE_SHARE];
    return edges.slice(1).map((edge, i) => edge - edges[i]!);
  }),
});
