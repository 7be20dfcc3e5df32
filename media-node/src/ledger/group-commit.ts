// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import { hexToBytes, TickstreamError, type ChannelId } from "@tickstream/contracts-types";
import type pg from "pg";
import type { LedgerChannel } from "./ledger-channel.ts";

/** The database did not take a tick; it is not acknowledged. Code `ledger-recovering`. */
export class LedgerUnavailableError extends TickstreamError {
  override readonly name = "LedgerUnavailableError";
}

export interface GroupCommitOptions {
  pool: pg.Pool;
  /** How long a first tick waits for company, in milliseconds: one commit then serves them all. */
  lingerMs: number;
  /** Most channels in one statement. */
  maxBatch?: number;
  /** While the database is down, how often to ask whether it is back, in milliseconds. */
  probeMs?: number;
  onAvailability?: (available: boolean) => void;
}

/** Makes channels durable, many in one commit. */
export interface GroupCommit {
  /**
   * Resolves once the channel is stored as it is now, or further on.
   * @throws {@link LedgerUnavailableError}
   */
  store(channel: LedgerChannel): Promise<void>;
  readonly available: boolean;
  /** Stores what is waiting and takes nothing more. */
  stop(): Promise<void>;
  readonly stats: { commits: number; rows: number };
}

/**
 * A union of what both sides know, so that a statement that arrives late (its client had given up on it)
 * takes nothing back.
 */
const UPSERT = `
  update channels c set
    ticks = v.ticks,
    preimage = v.preimage,
    bought = c.bought + v.bought,
    last_active_at = now()
  from unnest($1::bytea[], $2::int[], $3::bytea[], $4::int8multirange[]) as v(id, ticks, preimage, bought)
  where c.id = v.id and c.ticks <= v.ticks`;

interface Batch {
  channels: Map<ChannelId, LedgerChannel>;
  waiting: { resolve: () => void; reject: (error: LedgerUnavailableError) => void }[];
}

const emptyBatch = (): Batch => ({ channels: new Map(), waiting: [] });

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { pool, lingerMs, maxBatch = 4_096, probeMs = 250 } = options;
  const stats = { commits: 0, rows: 0 };
  const stopping = new AbortController();
  let gathering = emptyBatch();
  let running: Promise<void> | null = null;
  let available = true;

  const flush = async (): Promise<void> => {
    while (gathering.waiting.length > 0) {
      const batch = gathering;
      gathering = emptyBatch();
      try {
        await write([...batch.channels.values()]);
        stats.commits++;
        stats.rows += batch.channels.size;
        for (const { resolve } of batch.waiting) resolve();
      } catch (cause) {
        fail(batch, cause);
      }
    }
  };

  const write = async (channels: LedgerChannel[]): Promise<void> => {
    // One order for everybody: two statements that lock rows crosswise would have to kill each other.
    channels.sort((a, b) => (a.id < b.id ? -1 : 1));
    await pool.query({
      name: "store-ticks",
      text: UPSERT,
      values: [
        channels.map((channel) => Buffer.from(hexToBytes(channel.id))),
        channels.map((channel) => channel.ticks),
        channels.map((channel) => Buffer.from(channel.preimage)),
        channels.map((channel) => channel.bought.toMultirange()),
      ],
    });
  };

  const fail = (batch: Batch, cause: unknown): void => {
    const error = new LedgerUnavailableError("ledger-recovering", "The node's ledger is recovering.", {
      cause,
    });
    for (const { reject } of batch.waiting) reject(error);
    if (!available) return;
    available = false;
    options.onAvailability?.(false);
    void probe();
  };

  /** While it is down everybody is refused at once, instead of each waiting for a timeout. */
  const probe = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await sleep(probeMs, undefined, { signal: stopping.signal }).catch(() => {});
      try {
        await pool.query("select 1");
        if (stopping.signal.aborted) return;
        available = true;
        options.onAvailability?.(true);
        return;
      } catch {
        // Still down: ask again.
      }
    }
  };

  const run = async (): Promise<void> => {
    if (lingerMs > 0 && !stopping.signal.aborted) {
      await sleep(lingerMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
    await flush();
    running = null;
  };

  return {
    stats,
    get available() {
      return available;
    },
    store(channel) {
      if (!available || stopping.signal.aborted) {
        const why = available ? "The node is stopping." : "The node's ledger is recovering.";
        return Promise.reject(new LedgerUnavailableError("ledger-recovering", why));
      }
      if (gathering.channels.size >= maxBatch && !gathering.channels.has(channel.id)) {
        return Promise.reject(
          new LedgerUnavailableError("ledger-recovering", "The node's ledger is overloaded."),
        );
      }
      gathering.channels.set(channel.id, channel);
      return new Promise((resolve, reject) => {
        gathering.waiting.push({ resolve, reject });
        running ??= run();
      });
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
