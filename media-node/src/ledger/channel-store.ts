// SPDX-License-Identifier: Apache-2.0
import {
  channelId,
  decodeCommitment,
  hexToBytes,
  type ChannelId,
  type Commitment,
  type SessionKey,
} from "@tickstream/contracts-types";
import { and, count, eq, inArray, isNotNull, ne } from "drizzle-orm";
import { chainOutbox, channels } from "../database/schema.ts";
import type { Database } from "../database/open-database.ts";
import { EpochRanges } from "./epoch-ranges.ts";
import type { LedgerChannel } from "./ledger-channel.ts";

/** `failure` of a channel whose opening never reached the chain in time: nobody's fault but the network's. */
export const OPENING_EXPIRED = "OpeningExpired";

export interface NewChannel {
  id: ChannelId;
  commitment: Commitment;
  encoded: Uint8Array;
  signature: Uint8Array;
  sessionKey: SessionKey;
}

export const idBytes = (id: ChannelId): Buffer => Buffer.from(hexToBytes(id, 32));

/**
 * Stores an accepted commitment together with the work to open it: either both survive a crash or neither.
 *
 * @returns false where the node knows it already
 */
export async function insertChannel({ db }: Database, channel: NewChannel): Promise<boolean> {
  const { commitment, sessionKey } = channel;
  return db.transaction(async (tx) => {
    const inserted = await tx
      .insert(channels)
      .values({
        id: idBytes(channel.id),
        commitment: Buffer.from(channel.encoded),
        signature: Buffer.from(channel.signature),
        sessionKeyType: sessionKey.type === "ed25519" ? 0 : 1,
        sessionKey: Buffer.from(sessionKey.publicKey),
        tab: commitment.tab,
        stream: commitment.stream,
        rate: commitment.rate,
        end: commitment.expiresAt,
        state: "accepted",
        preimage: Buffer.from(commitment.anchor),
      })
      .onConflictDoNothing()
      .returning({ id: channels.id });
    if (inserted.length === 0) return false;
    await tx.insert(chainOutbox).values({ kind: "open", channel: idBytes(channel.id) });
    return true;
  });
}

export async function loadChannel({ db }: Database, id: ChannelId): Promise<LedgerChannel | null> {
  const [row] = await db
    .select()
    .from(channels)
    .where(eq(channels.id, idBytes(id)));
  return row ? toLedgerChannel(row) : null;
}

/** The tab's commitments that the finalized state does not show yet. */
export async function loadUnfinalized(
  { db }: Database,
  tab: bigint,
): Promise<{ commitment: Commitment; inBest: boolean }[]> {
  const rows = await db
    .select({ commitment: channels.commitment, state: channels.state })
    .from(channels)
    .where(and(eq(channels.tab, tab), inArray(channels.state, ["accepted", "best"])));
  return rows.map((row) => ({
    commitment: decodeCommitment(row.commitment).commitment,
    inBest: row.state === "best",
  }));
}

/** Whether the chain refused a commitment of this tab before, for a reason that lay with the tab. */
export async function tabHasFailed({ db }: Database, tab: bigint): Promise<boolean> {
  const failed = and(
    eq(channels.tab, tab),
    eq(channels.state, "failed"),
    isNotNull(channels.failure),
    ne(channels.failure, OPENING_EXPIRED),
  );
  const [row] = await db.select({ n: count() }).from(channels).where(failed);
  return (row?.n ?? 0) > 0;
}

function toLedgerChannel(row: typeof channels.$inferSelect): LedgerChannel {
  return {
    id: channelId(row.id),
    commitment: decodeCommitment(row.commitment).commitment,
    sessionKey: {
      type: row.sessionKeyType === 0 ? "ed25519" : "sr25519",
      publicKey: row.sessionKey,
    },
    state: row.state,
    failure: row.failure,
    ticks: row.ticks,
    preimage: row.preimage,
    bought: EpochRanges.fromMultirange(row.bought),
    soldBeforeInclusion: row.soldBeforeInclusion,
    settledBest: row.settledBest,
    settledFinal: row.settledFinal,
    end: row.end,
    closeRequested: row.closeRequested,
    leaving: row.leaving,
    holder: null,
  };
}
