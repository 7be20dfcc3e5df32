// SPDX-License-Identifier: Apache-2.0
// The pallet's one unsigned transaction: a session key, which has no account, asks for its channel's close.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { blake2AsU8a } from "@polkadot/util-crypto";
import { Keyring } from "@polkadot/keyring";
import { fromHex } from "../codec/hex.ts";
import { lengthPrefixed } from "../codec/scale.ts";
import { startDevchain } from "../start-devchain.ts";
import type { Devchain } from "../start-devchain.ts";
import { account, Cleanup, send } from "../testing/test-support.ts";

// Starting a chain takes a second, but many on a machine that also compiles.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const cleanup = new Cleanup();
let chain: Devchain;

beforeAll(async () => {
  chain = await startDevchain({ dataDir: await cleanup.folder(), port: 0, blockTimeMs: 300 });
  cleanup.add(() => chain.stop());
});
afterAll(() => cleanup.run());

const UNIT = 10n ** 12n;

test("is validated by the runtime, goes into a block once, and is refused after", async () => {
  const api = await cleanup.api(chain.url);
  const [creator, viewer] = await Promise.all([account("Alice"), account("Bob")]);
  const session = new Keyring({ type: "ed25519" }).addFromSeed(Buffer.alloc(32, 7));
  const pallet = api.tx["tickStream"]!;
  const now = chain.head().number;
  const payees = [{ account: creator.address, share: 1_000_000_000 }];
  const [registered, opened] = await Promise.all([
    send(pallet["registerStream"]!(UNIT, 1_000, 0, payees, [], "0x"), creator, { nonce: -1 }),
    send(pallet["openTab"]!(100n * UNIT, { Ed25519: session.publicKey }, now + 1_000), viewer, {
      nonce: -1,
    }),
  ]);
  const commitment = api.createType("PalletTickStreamCommitment", {
    tab: opened.dataOf("tickStream.TabOpened")[0],
    nonce: 0,
    openBy: chain.head().number + 40,
    stream: registered.dataOf("tickStream.StreamRegistered")[0],
    terms: registered.dataOf("tickStream.TermsAdded")[1],
    rate: UNIT,
    operator: creator.address,
    openFee: 0,
    anchor: Buffer.alloc(32, 9),
    maxTicks: 10,
    expiresAt: now + 900,
  });
  const genesis = fromHex(chain.genesisHash);
  const bytes = Buffer.concat([
    lengthPrefixed(Buffer.from("tickstream/commitment/1")),
    genesis,
    commitment.toU8a(),
  ]);
  const channel = await send(pallet["openChannel"]!(commitment, session.sign(bytes)), creator, {
    nonce: -1,
  });
  expect(channel.events).toContain("tickStream.ChannelOpened");

  const id = blake2AsU8a(bytes, 256);
  const request = Buffer.concat([lengthPrefixed(Buffer.from("tickstream/close/1")), genesis, id]);
  const close = (signature: Uint8Array): string => pallet["requestCloseBySessionKey"]!(id, signature).toHex();
  const client = await cleanup.client(chain.url);
  expect((await client.call("author_submitExtrinsic", [close(Buffer.alloc(64, 1))])).error).toMatchObject({
    code: 1010,
    data: "Transaction has a bad signature",
  });
  const signed = close(session.sign(request));
  const watch = await client.ask("author_submitAndWatchExtrinsic", signed);
  const final = await client.next(
    ({ params }) =>
      params !== undefined &&
      params.subscription === watch &&
      JSON.stringify(params.result).includes("finalized"),
  );
  expect(final.params?.result).toHaveProperty("finalized");
  expect((await client.call("author_submitExtrinsic", [signed])).error).toMatchObject({
    code: 1010,
    data: "Transaction is outdated",
  });
});
