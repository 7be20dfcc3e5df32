// SPDX-License-Identifier: Apache-2.0
import type { HistoryState } from "@tickstream/contracts-types";
import type { Database } from "../database/open-database.ts";
import type { ChainForHistory } from "./chain-for-history.ts";
import { startIndexer, type IndexerOptions } from "./indexer.ts";
import { followRecentTips, type RecentTips } from "./recent-tips.ts";

/** What the chain said of streams and money, as far as this node has read it. */
export interface History {
  readonly database: Database;
  /** Tips that are not in the database yet. */
  readonly recentTips: RecentTips;
  state(): HistoryState;
  stop(): Promise<void>;
}

export function startHistory(options: {
  database: Database;
  chain: ChainForHistory;
  from: number;
  log: IndexerOptions["log"];
}): History {
  const { database, chain } = options;
  const indexer = startIndexer(options);
  const recentTips = followRecentTips(chain);
  return {
    database,
    recentTips,
    state: () => indexer.state(),
    async stop() {
      recentTips.stop();
      await indexer.stop();
    },
  };
}
