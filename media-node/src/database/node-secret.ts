// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import type { Database } from "./open-database.ts";
import { nodeProperties } from "./schema.ts";

/** 32 random bytes of this node's own, the same after every restart. */
export async function nodeSecret({ db }: Database, name: string): Promise<Uint8Array> {
  await db
    .insert(nodeProperties)
    .values({ name, value: randomBytes(32) })
    .onConflictDoNothing();
  const [row] = await db.select().from(nodeProperties).where(eq(nodeProperties.name, name));
  if (!row) throw new Error(`node secret ${name} was not stored`);
  return row.value;
}
