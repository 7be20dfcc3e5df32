// SPDX-License-Identifier: Apache-2.0
import { hashDown, hexToBytes, makeReceipt, type Receipt } from "@tickstream/contracts-types";
import type { ChannelRecord, WatchRecord } from "../payment/session-store.ts";

/** What this device's channel has paid, as a receipt. */
export function receiptOfRecord(record: ChannelRecord, visits: readonly WatchRecord[]): Receipt {
  const { commitment, progress, seed, channel } = record;
  // The oldest visit that was paid with it: a later one may have gone on with the same channel.
  const visit = visits.findLast(({ channels }) => channels.includes(channel));
  return makeReceipt({
    genesisHash: hexToBytes(record.genesisHash, 32),
    commitment,
    sessionKey: { type: "ed25519", publicKey: hexToBytes(record.sessionKey, 32) },
    signature: hexToBytes(record.signature, 64),
    ticks: progress.n,
    preimage: hashDown(seed, commitment.maxTicks - progress.n),
    about: {
      title: visit?.title ?? "",
      creator: visit?.creator ?? null,
      node: record.node,
      tickMs: visit?.tickMs ?? null,
      startedAt: visit ? new Date(visit.startedAt).toISOString() : null,
    },
  });
}
