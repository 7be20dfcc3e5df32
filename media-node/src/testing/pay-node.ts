// SPDX-License-Identifier: Apache-2.0
// A process that sells ticks until it is killed: ledger and pay socket over a real database.
import { planck } from "@tickstream/contracts-types";
import { ChainDouble } from "./chain-double.ts";
import { CREDIT, openLedger } from "./ledger-fixture.ts";
import { startPay, StreamDouble } from "./pay-fixture.ts";
import { STREAM } from "./viewer.ts";

const { DATABASE_URL = "", TAB = "", TABS = "1", KEY = "" } = process.env;
const chain = new ChainDouble();
chain.setTerms(STREAM);
const free = planck(10_000_000n);
for (let i = 0n; i < BigInt(TABS); i++) {
  chain.setTab(BigInt(TAB) + i, { type: "ed25519", publicKey: Buffer.from(KEY, "hex") }, { free });
}
const credit = { ...CREDIT, creditTicks: 100_000, creditLimit: planck(10n ** 12n) };
const { ledger } = await openLedger(DATABASE_URL, chain, {
  credit,
  lingerMs: Number(process.env["LINGER_MS"] ?? 4),
});
const stream = new StreamDouble();
stream.first = 0;
stream.edge = 100_000;
const limits = { messagesPerSecond: 100_000, messageBurst: 100_000, maxConnectionsPerAddress: 100_000 };
const { port } = await startPay(ledger, chain, stream, limits);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicros: user + system, rss: process.memoryUsage().rss, ...ledger.commits.stats });
});
process.send?.({ port });
