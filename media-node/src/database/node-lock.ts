// SPDX-License-Identifier: Apache-2.0
import pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError } from "./open-database.ts";

/** Held while a node uses a database: two ledgers in memory over one table would each think it knows the highest tick. */
export interface NodeLock {
  release(): Promise<void>;
}

const NODE_LOCK = 7_155_002;

export interface NodeLockOptions {
  url: string;
  /** How long to wait for a predecessor that is just going, in milliseconds. */
  patienceMs?: number;
  /** Another node took the database while ours had lost its connection. */
  onLost: (error: DatabaseError) => void;
}

/**
 * Takes the database for this node alone, and takes it again whenever the connection that holds it breaks.
 *
 * @throws {@link DatabaseError} `database-in-use`
 */
export async function acquireNodeLock(options: NodeLockOptions): Promise<NodeLock> {
  const released = new AbortController();
  let client = await acquire(options, options.patienceMs ?? 10_000, released.signal);

  const watch = (held: pg.Client): void => {
    held.once("end", () => {
      if (!released.signal.aborted) void reacquire();
    });
  };
  const reacquire = async (): Promise<void> => {
    while (!released.signal.aborted) {
      try {
        client = await acquire(options, 10_000, released.signal);
        if (released.signal.aborted) await client.end();
        else watch(client);
        return;
      } catch (error) {
        if (released.signal.aborted) return;
        if (error instanceof DatabaseError && error.code === "database-in-use") return options.onLost(error);
        await sleep(500, undefined, { signal: released.signal, ref: false }).catch(() => {});
      }
    }
  };
  watch(client);
  return {
    async release() {
      released.abort();
      await client.end().catch(() => {});
    },
  };
}

async function acquire(
  options: NodeLockOptions,
  patienceMs: number,
  signal: AbortSignal,
): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: options.url,
    connectionTimeoutMillis: 3_000,
    application_name: "tickstream-media-node-lock",
    keepAlive: true,
  });
  client.on("error", () => {});
  await client.connect();
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [
      NODE_LOCK,
    ]);
    if (rows[0]?.held) return client;
    if (Date.now() >= deadline || signal.aborted) break;
    await sleep(100);
  }
  await client.end();
  throw new DatabaseError(
    "database-in-use",
    "Another media node uses this database: one node, one database.",
  );
}
