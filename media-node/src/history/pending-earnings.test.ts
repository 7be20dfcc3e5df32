// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  encodeCommitment,
  hexToBytes,
  planck,
  type Commitment,
} from "@tickstream/contracts-types";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { openDatabase, type Database } from "../database/open-database.ts";
import { channels } from "../database/schema.ts";
import { idBytes, insertChannel } from "../ledger/channel-store.ts";
import { GENESIS } from "../testing/chain-double.ts";
import { eventually } from "../testing/eventually.ts";
import { HistoryDouble } from "../testing/history-double.ts";
import { ToldStream } from "../testing/told-stream.ts";
import { TestViewer } from "../testing/viewer.ts";
import { startIndexer } from "./indexer.ts";
import { pendingEarnings } from "./pending-earnings.ts";

const mine = new ToldStream();
const other = new ToldStream({ id: 8n, creator: accountId(`0x${"ee".repeat(32)}`), guest: mine.creator });
let postgres: TestPostgres;
let database: Database;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  database = await openDatabase({ url, genesisHash: GENESIS });
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

/** A channel of this node's. */
const owe = async (
  stream: ToldStream,
  row: { ticks: number; settledFinal?: number; state?: "failed" },
  changes: Partial<Commitment> = {},
): Promise<void> => {
  const viewer = new TestViewer();
  const payer = viewer.commit({ stream: stream.id, rate: stream.terms.rate, ...changes });
  await insertChannel(database, {
    id: payer.channel,
    commitment: payer.commitment,
    encoded: encodeCommitment(hexToBytes(GENESIS, 32), payer.commitment),
    signature: payer.signature,
    sessionKey: viewer.sessionKey,
  });
  await database.db
    .update(channels)
    .set(row)
    .where(eq(channels.id, idBytes(payer.channel)));
};
const pending = (account: string, scope: "creator" | "account", stream: ToldStream | null = null) =>
  pendingEarnings(database, { account: accountId(account), scope, stream: stream?.id ?? null });

test("what is owed and not final yet, less the operators' part, to the planck", async () => {
  const chain = new HistoryDouble();
  chain.add([...mine.registered(), ...other.registered()]);
  const indexer = startIndexer({ database, chain, from: 1, log: { info() {}, warn() {}, error() {} } });
  await eventually(() => indexer.state().to).toBe(1);
  await indexer.stop();
  expect(await pending(mine.creator, "creator")).toBe(0n);
  await owe(mine, { ticks: 7 });
  await owe(mine, { ticks: 100, settledFinal: 93 });
  await owe(mine, { ticks: 50, settledFinal: 50 });
  await owe(other, { ticks: 11, settledFinal: 1 });
  // Neither what will never be on the chain, nor terms that are not final yet.
  await owe(mine, { ticks: 9, state: "failed" });
  await owe(mine, { ticks: 9 }, { terms: 2, rate: planck(1n) });

  const splits = [mine.split(0, 7), mine.split(93, 100)];
  const [creator, guest] = [0, 1].map((i) => splits.reduce((sum, { payees }) => sum + payees[i]!, 0n));
  expect(await pending(mine.creator, "creator")).toBe(creator! + guest!);
  expect(await pending(mine.creator, "creator", mine)).toBe(creator! + guest!);
  expect(await pending(mine.creator, "creator", other)).toBe(0n);
  expect(await pending(mine.guest, "creator")).toBe(0n);
  expect(await pending(mine.guest, "account")).toBe(guest);
  // A creator of one stream, and a guest of another.
  const asGuest = other.split(1, 11).payees[1]!;
  expect(await pending(mine.creator, "account")).toBe(creator! + asGuest);
  expect(await pending(mine.creator, "account", other)).toBe(asGuest);
  expect(await pending(mine.operator, "account")).toBe(0n);
});
