// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { openDatabase, type Database } from "../database/open-database.ts";
import type { CommitmentPolicy } from "../ledger/accept-commitment.ts";
import type { CreditPolicy } from "../ledger/credit.ts";
import type { ChannelHolder } from "../ledger/ledger-channel.ts";
import { createLedger, type Ledger, type LedgerOptions } from "../ledger/ledger.ts";
import { type ChainDouble, GENESIS, LIMITS, OPERATOR } from "./chain-double.ts";

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
