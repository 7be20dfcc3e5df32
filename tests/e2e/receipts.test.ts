// SPDX-License-Identifier: Apache-2.0
// From a paid second to a receipt that a stranger checks: a viewer pays a live stream of a real node, which settles; the receipt
// holds offline, the chain confirms it to the tick, and the command line says the same of the file.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { planck } from "@tickstream/contracts-types";
import {
  createClient,
  createReader,
  formatReceipts,
  listReceipts,
  listVisits,
  openSession,
  receiptsToCsv,
  type SessionStore,
  type TickstreamClient,
  verifyReceipt,
  verifyReceiptOnChain,
} from "@tickstream/sdk";
import { createFileStore } from "@tickstream/sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEncoder } from "../support/media/encoder.ts";
import { account } from "../support/money/raw-chain.ts";
import { inRepository } from "../support/system/repository.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";

const UNIT = 1_000_000_000_000n;
const RATE = 1_000_000_007n;
const SECONDS = 5;

let folder: string;
let system: TestSystem;
let store: SessionStore;
let client: TickstreamClient;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-receipts-"));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  system = await startSystem({ blockTimeMs: 1_000 });
  stops.push(() => system.stop());
  store = createFileStore(join(folder, "device"));
  stops.push(() => store.close());
  client = createClient({ node: system.node.url, store });
  stops.push(() => client.dispose());
}, 180_000);

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
}, 120_000);

test("what was watched and paid is told, proved, confirmed, and kept in the books", async () => {
  const stream = await system.createStream({ creator: "//Alice", title: "=Paid, live", rate: RATE });
  const encoder = startEncoder({ url: stream.publishUrl });
  stops.push(() => encoder.stop());
  await system.untilLive(stream);
  const session = await openSession({
    client,
    stream: stream.id.toString(),
    wallet: await account("//Bob"),
    limit: planck(10n * UNIT),
  });
  const reader = await createReader({ session });
  for await (const _ of reader) if (session.stats.ticks >= SECONDS) break;
  await reader.dispose();
  const { ticks, spent } = session.stats;
  await session.leave();
  await session.dispose();

  // The device's own books.
  await expect
    .poll(() => listVisits({ client }).then(([visit]) => visit?.ticks), { timeout: 30_000 })
    .toBe(ticks);
  const [visit] = await listVisits({ client });
  expect(visit).toMatchObject({ title: "=Paid, live", watchedMs: ticks * 1_000, spent });
  const receipts = await listReceipts({ client });
  expect(receipts.map(({ proof }) => proof.channel)).toEqual(visit?.channels);
  const [receipt] = receipts;
  expect(receipt).toMatchObject({
    proof: { ticks, amount: BigInt(ticks) * RATE },
    about: { title: "=Paid, live", node: system.node.url, tickMs: 1_000 },
  });
  expect(await verifyReceipt(receipt!)).toMatchObject({ valid: true });

  // The chain's: the node settles what it was paid, no more, when the viewer has left.
  const chain = await client.chain();
  await expect
    .poll(() => verifyReceiptOnChain({ chain, receipt: receipt! }), { timeout: 120_000, interval: 1_000 })
    .toMatchObject({ state: "ended", confirmed: true, settled: { ticks } });

  // A stranger's: a file and a chain.
  const file = join(folder, "receipt.json");
  await writeFile(file, formatReceipts(receipts));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [inRepository("apps/cli/bin/tickstream.cjs"), "verify-receipt", file, "--chain-url", system.chain.url],
    { timeout: 120_000 },
  );
  expect(stdout).toContain("the channel was opened on this chain, and has ended");
  expect(stdout).toMatch(new RegExp(`settled +${ticks} ticks by block`));
  expect(stdout).toContain("the receipt holds");

  // The accountant's; a title that begins like a formula is none to a spreadsheet.
  const { token } = await client.info();
  const [header, row] = receiptsToCsv(receipts, token).split("\r\n");
  expect(header?.split(",").slice(0, 3)).toEqual(["started_at", "title", "creator"]);
  expect(row).toContain(`"'=Paid, live"`);
  expect(row?.split(",")).toContain((BigInt(ticks) * RATE).toString());
}, 300_000);
