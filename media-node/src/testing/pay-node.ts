// SPDX-License-Identifier: Apache-2.0
// A process that sells ticks until it is killed: ledger and pay socket over a real database.
import { planck } from "@tickstream/contracts-types";
import { ChainDouble } from "./chain-double.ts";
import { CREDIT, openLedger } from "./ledger-fixture.ts";
import { startPay, StreamDouble } from "./pay-fixture.ts";
import { STREAM } from "./viewer.ts";

const { DATABASE_URL = "", TAB = "", KEY = "" } = process.env;
const chain = new ChainDouble();
chain.setTerms(STREAM);
chain.setTab(
  BigInt(TAB),
  { type: "ed25519", publicKey: Buffer.from(KEY, "hex") },
  { free: planck(10_000_000n) },
);
const credit = { ...CREDIT, creditTicks: 100_000, creditLimit: planck(10n ** 12n) };
const { ledger } = await openLedger(DATABASE_URL, chain, { credit });
const stream = new StreamDouble();
stream.first = 0;
stream.edge = 100_000;
const { port } = await startPay(ledger, chain, stream, { messagesPerSecond: 100_000, messageBurst: 100_000 });
process.send?.({ port });
