// SPDX-License-Identifier: Apache-2.0
import { planck, type ChannelId } from "@tickstream/contracts-types";
import { eq } from "drizzle-orm";
import { openDatabase, type Database } from "../database/open-database.ts";
import { channels } from "../database/schema.ts";
import type { CommitmentPolicy } from "../ledger/accept-commitment.ts";
import { idBytes } from "../ledger/channel-store.ts";
import type { CreditPolicy } from "../ledger/credit.ts";
import type { ChannelHolder, LedgerChannel } from "../ledger/ledger-channel.ts";
import { createLedger, type Ledger, type LedgerOptions } from "../ledger/ledger.ts";
import { isRefusal } from "../ledger/refusal.ts";
import { type ChainDouble, GENESIS, LIMITS, OPERATOR } from "./chain-double.ts";
import type { Payer } from "./viewer.ts";

export const CREDIT: CreditPolicy = { creditTicks: 10, creditLimit: planck(10_000n), unfinalizedTicks: 60 };

const COMMITMENTS: CommitmentPolicy = {
  operator: OPERATOR,
  openFee: planck(50n),
  limits: LIMITS,
  openMargin: 5,
  settleMargin: 50,
};

/** A ledger over a real database and a chain that a test sets. */
export async function openLedger(
  url: string,
  chain: ChainDouble,
  changes: Partial<LedgerOptions> = {},
): Promise<{ ledger: Ledger; database: Database; close(): Promise<void> }> {
  const database = await openDatabase({ url, genesisHash: GENESIS });
  const ledger = createLedger({
    database,
    chain,
    commitments: COMMITMENTS,
    credit: CREDIT,
    lingerMs: 1,
    ...changes,
  });
  return {
    ledger,
    database,
    async close() {
      await ledger.stop();
      await database.close();
    },
  };
}

/** A holder that only remembers what it was told. */
export class RecordingHolder implements ChannelHolder {
  readonly lost: string[] = [];

  superseded(channel: string): void {
    this.lost.push(channel);
  }

  changed(): void {}
}

/** Opens a channel that is not to be refused. */
export async function openChannel(
  ledger: Ledger,
  { commitment, signature }: Payer,
  holder: ChannelHolder,
): Promise<LedgerChannel> {
  const channel = await ledger.open(commitment, signature, holder);
  if (isRefusal(channel)) throw new Error(`refused: ${JSON.stringify(channel)}`);
  return channel;
}

/** A channel as it is stored. */
export async function channelRow(
  { db }: Database,
  channel: ChannelId,
): Promise<typeof channels.$inferSelect | undefined> {
  const [row] = await db
    .select()
    .from(channels)
    .where(eq(channels.id, idBytes(channel)));
  return row;
}
