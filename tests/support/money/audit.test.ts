// SPDX-License-Identifier: Apache-2.0
// The auditor itself: it finds nothing wrong with a true chain, and every single lie that is told it.
import { generateKeyPairSync, sign } from "node:crypto";
import type { ApiPromise } from "@polkadot/api";
import {
  accountId,
  bytesToHex,
  encodeCommitment,
  HashChain,
  hexToBytes,
  planck,
  streamId,
} from "@tickstream/contracts-types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AuditBook } from "./audit-book.ts";
import type { ChainEvent, Plain } from "./audit-events.ts";
import { connectRaw, createAuditor, readEvents } from "./audit.ts";
import { startTestChain, type TestChain } from "../system/chain.ts";
import { account, accountHex, sendFinal } from "./raw-chain.ts";

const UNIT = 1_000_000_000_000n;
const RATE = 333_333_333_337n;

describe("the auditor", () => {
  let chain: TestChain;
  let api: ApiPromise;
  let blocks: ChainEvent[][];
  let escrow: string;

  beforeAll(async () => {
    chain = await startTestChain("devchain", { blockTimeMs: 500 });
    api = await connectRaw(chain.url);
    await oneChannelsLife(api);
    escrow = api.consts.tickStream?.escrowAccount?.toHex() ?? "";
    blocks = await readEvents(api, 1, (await api.rpc.chain.getHeader()).number.toNumber());
  }, 180_000);
  afterAll(async () => {
    await api?.disconnect();
    await chain?.stop();
  });

  it("finds a true chain true, to the planck", async () => {
    const audit = await createAuditor(api).audit();
    expect(audit.problems).toEqual([]);
    const [channel] = [...audit.channels.values()];
    expect(channel).toMatchObject({ ticks: 7, settlements: 2, ended: true, paid: 7n * RATE });
    const [tab] = [...audit.tabs.values()];
    expect(tab?.deposited).toBe(tab === undefined ? 0n : tab.spent + tab.returned);
    expect(tab?.spent).toBe(7n * RATE + (channel?.openFee ?? 0n));
    expect((channel?.operatorPaid ?? 0n) + (channel?.payeesPaid ?? []).reduce((a, b) => a + b, 0n)).toBe(
      7n * RATE,
    );
  });

  const replay = (lie: (event: ChainEvent) => ChainEvent[]): readonly string[] => {
    const book = new AuditBook(escrow);
    blocks.forEach((events, i) => book.block(i + 1, events.flatMap(lie)));
    return book.problems;
  };
  const off =
    (name: string, field: string, by: bigint) =>
    (event: ChainEvent): ChainEvent[] =>
      event.name === name
        ? [{ ...event, data: { ...event.data, [field]: (event.data[field] as bigint) + by } }]
        : [event];

  it.each([
    ["a planck less settled", off("Settled", "amount", -1n)],
    ["a planck more to the operator", off("Settled", "operatorPaid", 1n)],
    ["a tick that nobody paid", off("Settled", "ticks", 1n)],
    ["ticks settled twice", off("Settled", "from", -1n)],
    ["a planck kept at the end", off("ChannelEnded", "freed", -1n)],
    ["a planck returned too much", off("TabReturned", "amount", 1n)],
    ["a transfer out of escrow short of a planck", off("Transfer", "amount", -1n)],
    ["a settlement repeated", (e: ChainEvent) => (e.name === "Settled" ? [e, e] : [e])],
    ["a settlement forgotten", (e: ChainEvent) => (e.name === "Settled" && e.data.from === 0n ? [] : [e])],
    ["a channel opened twice", (e: ChainEvent) => (e.name === "ChannelOpened" ? [e, e] : [e])],
    ["another preimage", (e: ChainEvent) => withData(e, "Settled", { preimage: `0x${"11".repeat(32)}` })],
    ["an other rate", (e: ChainEvent) => withData(e, "TermsAdded", { rate: RATE + 1n })],
  ])("sees %s", (_, lie) => {
    expect(replay((event) => [event])).toEqual([]);
    expect(replay(lie)).not.toEqual([]);
  });
});

function withData(event: ChainEvent, name: string, data: Record<string, Plain>): ChainEvent[] {
  return [event.name === name ? { ...event, data: { ...event.data, ...data } } : event];
}

/** A stream with three payees, a tab, a channel, two settlements, the end: everything an auditor has to follow. */
async function oneChannelsLife(api: ApiPromise): Promise<void> {
  const [creator, viewer, operator] = await Promise.all(["//Alice", "//Bob", "//Charlie"].map(account));
  if (!creator || !viewer || !operator) throw new Error("no accounts");
  const calls = api.tx.tickStream;
  if (calls === undefined) throw new Error("no pallet");
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const sessionKey = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const payees = [
    { account: creator.address, share: 333_333_334 },
    { account: (await account("//Dave")).address, share: 333_333_333 },
    { account: (await account("//Nobody/has/this/account")).address, share: 333_333_333 },
  ];
  const opened = await Promise.all([
    sendFinal(api, calls.registerStream!(RATE, 1_000, 77_777_777, payees, [], "0x"), creator),
    sendFinal(api, calls.openTab!(100n * UNIT, { Ed25519: sessionKey }, 10_000), viewer),
  ]);
  expect(opened.flat().map(({ name }) => name)).toEqual(expect.arrayContaining(["TermsAdded", "TabOpened"]));
  const chain = HashChain.create(Buffer.alloc(32, 7), 100);
  const head = (await api.rpc.chain.getHeader()).number.toNumber();
  const commitment = {
    tab: 1n,
    nonce: 1,
    openBy: head + 40,
    stream: streamId(1),
    terms: 1,
    rate: planck(RATE),
    operator: accountId(accountHex(operator)),
    openFee: planck(1_000_000n),
    anchor: chain.anchor,
    maxTicks: 100,
    expiresAt: head + 5_000,
  };
  const encoded = encodeCommitment(hexToBytes(api.genesisHash.toHex(), 32), commitment);
  const events = await sendFinal(
    api,
    calls.openChannel!(commitment, sign(null, encoded, privateKey)),
    operator,
  );
  const channel = events.find(({ name }) => name === "ChannelOpened")?.data.channel as string;
  const settle = (ticks: number, close: boolean): Promise<ChainEvent[]> =>
    sendFinal(
      api,
      calls.settleBatch!([
        { channel, ticks, preimage: bytesToHex(chain.preimage(ticks)), hashes: ticks, close },
      ]),
      operator,
    );
  await settle(3, false);
  await settle(7, true);
  await sendFinal(api, calls.closeTab!(1), viewer);
}
