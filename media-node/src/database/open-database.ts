// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import { bytesToHex, hexToBytes, TickstreamError, type Hex } from "@tickstream/contracts-types";
import { eq } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import * as schema from "./schema.ts";

/** The node's PostgreSQL cannot be used. Codes `database-unreachable`, `database-genesis-mismatch`, `database-in-use`. */
export class DatabaseError extends TickstreamError {
  override readonly name = "DatabaseError";
}

/** PostgreSQL, opened for one node: migrated, bound to one genesis, nobody else's. */
export interface Database {
  /** Typed queries. */
  readonly db: NodePgDatabase<typeof schema>;
  /** For statements that Drizzle has no word for (`unnest` upserts). */
  readonly pool: pg.Pool;
  /** Whether it answers now. Never rejects. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  url: string;
  /** The chain this node sells on. A database keeps it for life: channels of two chains must never mix. */
  genesisHash: Hex;
  /** Most connections at a time. */
  maxConnections?: number;
}

/** Names our advisory locks: any two constants do. */
const MIGRATION_LOCK = 7_155_001;
const MIGRATIONS_FOLDER = path.resolve(import.meta.dirname, "../../migrations");

/**
 * Connects, runs the migrations that are missing (one node at a time) and binds the database to `genesisHash`.
 *
 * @throws {@link DatabaseError}
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 3_000,
    // The server gives up before the client does, so that a connection is not left busy.
    statement_timeout: 8_000,
    query_timeout: 10_000,
    idleTimeoutMillis: 30_000,
    application_name: "tickstream-media-node",
  });
  // An idle connection that breaks is replaced by the pool; whoever queries next sees the error.
  pool.on("error", () => {});
  const db = drizzle(pool, { schema });
  try {
    await migrateUnderLock(pool);
    await bindGenesis(db, options.genesisHash);
  } catch (error) {
    await pool.end();
    if (error instanceof TickstreamError) throw error;
    throw new DatabaseError("database-unreachable", "The node's PostgreSQL database cannot be opened.", {
      details: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
  return {
    db,
    pool,
    async isReachable() {
      try {
        await pool.query("select 1");
        return true;
      } catch {
        return false;
      }
    },
    close: () => pool.end(),
  };
}

/** Two nodes that start at once would otherwise both create the same table. */
async function migrateUnderLock(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    // The lock goes with its connection, also where the migration failed half-way.
    client.release(true);
  }
}

async function bindGenesis(db: NodePgDatabase<typeof schema>, genesisHash: Hex): Promise<void> {
  const { nodeProperties } = schema;
  await db
    .insert(nodeProperties)
    .values({ name: "genesis-hash", value: Buffer.from(hexToBytes(genesisHash, 32)) })
    .onConflictDoNothing();
  const [row] = await db.select().from(nodeProperties).where(eq(nodeProperties.name, "genesis-hash"));
  const bound = row && bytesToHex(row.value);
  if (bound !== genesisHash) {
    throw new DatabaseError(
      "database-genesis-mismatch",
      "This database belongs to another chain: use another database, or the chain it was made with.",
      { details: `database ${bound}, chain ${genesisHash}` },
    );
  }
}
