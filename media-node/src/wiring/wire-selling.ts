// SPDX-License-Identifier: Apache-2.0
import { planck, type Planck } from "@tickstream/contracts-types";
import type { Database } from "../database/open-database.ts";
import { createLedger, type Ledger } from "../ledger/ledger.ts";
import { createSettler, type Settler } from "../settlement/settler.ts";
import { SalesMeter } from "../streams/sales-meter.ts";
import type { AssembleOptions, OnStop } from "./assemble-options.ts";

/** What is owed, and how it gets to the chain. */
export interface Selling {
  ledger: Ledger;
  settler: Settler;
  sales: SalesMeter;
  /** Plancks taken from a tab when its channel opens. */
  openFee: Planck;
  /** Ticks sold before a channel is final. */
  credit: { creditTicks: number; creditLimit: Planck; unfinalizedTicks: number };
}

/** The ledger and the settler. */
export function wireSelling(
  { config, chain, operator, log }: AssembleOptions,
  database: Database,
  onStop: OnStop,
): Selling {
  const { facts } = chain;
  const openFee = config.openFee ?? facts.openAndSettleFee;
  const { settleMargin } = config;
  const credit = {
    creditTicks: config.creditTicks,
    creditLimit: config.creditLimit ?? facts.openAndSettleFee,
    unfinalizedTicks: config.unfinalizedTicks,
  };
  const sales = new SalesMeter();
  const ledger = createLedger({
    database,
    chain,
    commitments: { operator, openFee, limits: facts.limits, openMargin: config.openMargin, settleMargin },
    credit,
    lingerMs: config.groupCommitMs,
    onAccepted: () => settler.wake(),
    onSold: (stream, ticks) => sales.sold(stream, ticks),
    onAvailability: (available) =>
      available
        ? log.info("the database is back: selling goes on")
        : log.error("the database is out of reach: nothing is sold"),
  });
  const settler = createSettler({
    database,
    chain,
    ledger,
    policy: {
      settleAbove: planck(facts.openAndSettleFee * BigInt(config.settleFeeMultiple)),
      settleAfter: config.settleAfter ?? (config.dev ? 60 : 600),
      closeIdleAfter: config.closeIdleAfter,
      settleMargin,
    },
    maxWalk: facts.maxWalk,
    log: log.child({ part: "settlement" }),
  });
  // The ledger is flushed before what it owes is stored.
  onStop(() => settler.stop());
  onStop(() => ledger.stop());
  return { ledger, settler, sales, openFee, credit };
}
