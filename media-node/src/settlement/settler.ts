// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database/open-database.ts";
import { createChainNews, type ChainNews, type LoadedChannels } from "./apply-event.ts";
import type { ChainForSettlement } from "./chain-for-settlement.ts";
import type { SettlementLog } from "./outbox-check.ts";
import { OutboxSender } from "./outbox-sender.ts";
import { reconcile } from "./reconcile.ts";
import { planSettlements, type SettlementPolicy } from "./settlement-plan.ts";

/** How long a stop waits for questions to the chain, in milliseconds. */
const STOP_MS = 1_000;

export interface SettlerOptions {
  database: Database;
  chain: ChainForSettlement;
  ledger: LoadedChannels;
  policy: SettlementPolicy;
  /** Hashes that one settlement may spend (`MaxWalk`). */
  maxWalk: number;
  /** How often to look for what is due, in milliseconds. */
  everyMs?: number;
  /** See {@link OutboxSender}. */
  retryMs?: number;
  log: SettlementLog;
}

/** Opens and settles channels on chain, from a durable outbox. */
export interface Settler {
  /** What the chain says goes here. */
  readonly news: ChainNews;
  /** A commitment was accepted, or a viewer left: look now. */
  wake(): void;
  /** Blocks may have gone by unheard: look at the state of every channel. */
  catchUp(): void;
  /** Stores what is owed in the outbox, sends nothing more. */
  stop(): Promise<void>;
}

export function createSettler(options: SettlerOptions): Settler {
  const { database, chain, ledger, policy, log } = options;
  const chainNews = createChainNews(database, ledger);
  /** News that the database could not take: the chain's state still tells them. */
  let missed = false;
  const news: ChainNews = {
    async apply(event, at) {
      try {
        await chainNews.apply(event, at);
      } catch (error) {
        missed = true;
        throw error;
      }
    },
  };
  const sender = new OutboxSender({
    database,
    chain,
    news,
    ledger,
    log,
    maxWalk: options.maxWalk,
    ...(options.retryMs === undefined ? {} : { retryMs: options.retryMs }),
  });
  let stopped = false;
  let readable = true;
  let planning: Promise<void> | null = null;

  const plan = async (): Promise<void> => {
    try {
      await planSettlements(database, ledger, policy, chain.heads()?.best ?? null);
      readable = true;
      sender.wake();
      if (missed && chain.heads() !== null) catchUp();
    } catch (error) {
      // An outage is told once, not with every look.
      if (readable) log.warn({ error: String(error) }, "what is due cannot be read; it will be tried again");
      readable = false;
    }
  };
  const look = (): void => {
    if (!stopped) planning ??= plan().finally(() => (planning = null));
  };

  const stopping = new AbortController();
  let catchingUp: Promise<void> | null = null;
  const catchUp = (): void => {
    if (stopped) return;
    catchingUp ??= reconcile(database, chain, news, stopping.signal)
      .then(() => {
        missed = false;
        return look();
      })
      .catch((error: unknown) => {
        // Tried again with the next look; told once.
        if (!stopped && !missed)
          log.warn({ error: String(error) }, "channels could not be compared with the chain");
        missed = true;
      })
      .finally(() => (catchingUp = null));
  };

  const timer = setInterval(look, options.everyMs ?? 3_000);
  catchUp();

  return {
    news,
    wake() {
      if (!stopped) sender.wake();
      look();
    },
    catchUp,
    async stop() {
      stopped = true;
      clearInterval(timer);
      stopping.abort();
      // A chain that does not answer must not hold up the stop: what is under way is looked at by the next start.
      const idle = Promise.all([planning, catchingUp, sender.stop()]);
      await Promise.race([idle, sleep(STOP_MS, undefined, { ref: false })]);
      const best = chain.heads()?.best ?? null;
      // The database may be what made the node stop; then the ledger itself still says what is owed.
      const stored = await planSettlements(database, ledger, policy, best, true).catch(() => 0);
      if (stored > 0) log.info({ channels: stored }, "settlements stored for the next start");
    },
  };
}
