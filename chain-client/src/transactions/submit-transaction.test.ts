// SPDX-License-Identifier: Apache-2.0
import { findUnknownExtensions } from "@polkadot/types/extrinsic/signedExtensions";
import { spawnDevchain } from "@tickstream/devchain";
import { planck, TickstreamError } from "@tickstream/contracts-types";
import { describe, expect, test } from "vitest";
import { openTab } from "../actions/open-tab.ts";
import { topUpTab } from "../actions/top-up-tab.ts";
import { createChainClient } from "../client/create-chain-client.ts";
import { TransactionLostError } from "../errors.ts";
import { getTab } from "../queries/tabs.ts";
import { account, session } from "../testing/accounts.ts";
import { startCuttableProxy } from "../testing/cuttable-proxy.ts";
import { useChain } from "../testing/use-chain.ts";
import { followTransaction } from "./follow-transaction.ts";
import { PoolStatuses } from "./pool.ts";
import { signTransaction, type TransactionSigner, type WalletSigner } from "./signer.ts";
import type { TransactionHandle, TransactionProgress } from "./transaction-handle.ts";

const chain = useChain(spawnDevchain);

const open = (signer: TransactionSigner, client = chain.client) =>
  openTab(client, {
    signer,
    deposit: planck(10n ** 12n),
    sessionKey: session("ed25519", "device"),
    expiresAt: client.bestHead().number + 1_000,
  });

function progressOf(handle: TransactionHandle<unknown>): TransactionProgress[] {
  const seen = [handle.progress];
  handle.onProgress((progress) => seen.push(progress));
  return seen;
}

describe("a transaction", () => {
  test("tells how far it is, from signing to final", async () => {
    const handle = open(account("Alice"));
    const seen = progressOf(handle);
    const included = await handle.included;
    const finalized = await handle.finalized;
    expect(finalized).toEqual(included);
    expect(included.fee).toBeGreaterThan(0n);
    await expect.poll(() => seen).toEqual(["signing", "broadcast", "in-block", "finalized"]);
  });

  test("many of one account are on their way at once, from two clients that know nothing of each other", async () => {
    const other = await createChainClient({ url: chain.url });
    try {
      const signer = account("Bob");
      const { tab } = (await open(signer).included).value;
      const amount = planck(1n);
      const sent = Array.from({ length: 20 }, (_, i) =>
        topUpTab(i % 2 === 0 ? chain.client : other, { signer, tab, amount }),
      );
      const results = await Promise.all(sent.map(({ finalized }) => finalized));
      expect(new Set(results.map(({ hash }) => hash)).size).toBe(20);
      // By the block that was last: each client hears of finality in its own time.
      const last = results.reduce((a, b) => (b.block.number > a.block.number ? b : a));
      expect((await getTab(chain.client, { tab, at: last.block.hash }))?.free).toBe(10n ** 12n + 20n);
    } finally {
      await other.disconnect();
    }
  });

  test("that the chain can't execute is refused with its reason, and may be sent again", async () => {
    const handle = open(account("Nobody"));
    const error: unknown = await handle.included.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "transaction-invalid", loss: "invalid", resendSafe: true });
    expect(String(error)).toMatch(/fee/i);
    expect(handle.progress).toBe("failed");
    // The account's next one is not held up by it.
    await expect(open(account("Nobody")).included).rejects.toBeInstanceOf(TransactionLostError);
  });
});

describe("a wallet", () => {
  /** Signs as an extension does: it gets the payload and knows nothing of this client. */
  const walletOf = (name: string, change: Partial<WalletSigner> = {}) => {
    const pair = account(name);
    const { registry } = chain.client.internals.runtime;
    const asked: unknown[] = [];
    const signer: WalletSigner = {
      signPayload: (payload) => {
        asked.push(payload);
        return Promise.resolve(
          registry.createType("ExtrinsicPayload", payload, { version: payload.version }).sign(pair),
        );
      },
      ...change,
    };
    return { address: pair.address, signer, asked };
  };

  test("signs the payload of extrinsic version 4 and may not alter it", async () => {
    const wallet = walletOf("Dave");
    const { value } = await open(wallet).included;
    expect(await getTab(chain.client, value)).toMatchObject({ owner: account("Dave").id });
    expect(wallet.asked).toMatchObject([
      { version: 4, address: wallet.address, withSignedTransaction: false },
    ]);
  });

  test("gets every field in the form of polkadot-js' SignerPayloadJSON", async () => {
    const wallet = walletOf("Dave");
    await open(wallet).included;
    const bytes = (length: number): unknown => expect.stringMatching(`^0x[0-9a-f]{${2 * length}}$`);
    expect(wallet.asked).toEqual([
      {
        address: wallet.address,
        assetId: null,
        blockHash: bytes(32),
        blockNumber: bytes(4),
        era: bytes(2),
        genesisHash: chain.client.genesisHash,
        metadataHash: null,
        method: expect.stringMatching(/^0x[0-9a-f]+$/) as unknown,
        mode: 0,
        nonce: bytes(4),
        signedExtensions: chain.client.internals.runtime.registry.signedExtensions,
        specVersion: bytes(4),
        tip: bytes(16),
        transactionVersion: bytes(4),
        version: 4,
        withSignedTransaction: false,
      },
    ]);
  });

  test("is not asked again where another transaction of the account was faster, and its person is told so", async () => {
    const slow = walletOf("Eve");
    const { signPayload } = slow.signer;
    const other = await createChainClient({ url: chain.url });
    try {
      const handle = open({
        ...slow,
        signer: {
          // The person reads; another page's transaction of the same account is in a block before they agree.
          signPayload: async (payload) => {
            await open(account("Eve"), other).included;
            return signPayload!(payload);
          },
        },
      });
      await expect(handle.included).rejects.toMatchObject({ code: "transaction-usurped", resendSafe: true });
      expect(slow.asked).toHaveLength(1);
    } finally {
      await other.disconnect();
    }
  });

  test("knows every signed extension of the chain without being told", () => {
    const { registry } = chain.client.internals.runtime;
    // What it does not know, it would leave out in silence.
    expect(findUnknownExtensions(registry.signedExtensions)).toEqual([]);
    expect(registry.signedExtensions.length).toBeGreaterThan(5);
  });

  test("may say in its own words what went wrong", async () => {
    const late = new TickstreamError("wallet-timeout", "The wallet did not answer.");
    const wallet = walletOf("Dave", { signPayload: () => Promise.reject(late) });
    await expect(open(wallet).included).rejects.toBe(late);
  });

  test("whose owner declines is a typed error, and is asked once", async () => {
    const declining = walletOf("Dave", { signPayload: () => Promise.reject(new Error("Cancelled")) });
    await expect(open(declining).included).rejects.toMatchObject({
      code: "signing-refused",
      details: "Cancelled",
    });
    await expect(open({ address: declining.address, signer: {} }).included).rejects.toMatchObject({
      code: "signing-refused",
    });
  });
});

describe("what can happen to a transaction on its way", () => {
  /** Signed with a nonce that is not its turn yet: it waits in the pool and never comes into a block. */
  const waiting = async (name: string, period: number) => {
    const { client } = chain;
    const { accounts, runtime } = client.internals;
    const signer = account(name);
    const from = client.finalizedHead();
    const nonce = (await accounts.nextNonce(signer.address)) + 5;
    const call = runtime.call("tickStream", "closeTab", [0n]);
    const signed = await signTransaction(client, call, signer, { nonce, from, period });
    const statuses = new PoolStatuses();
    const following = followTransaction(
      client,
      { ...signed, from: from.number },
      { timeoutMs: 20_000, statuses, onIncluded: () => {}, onFinalized: () => {} },
    );
    return { signed, statuses, following };
  };

  test("its time is over: sending another is safe", async () => {
    const { following, signed } = await waiting("Eve", 4);
    await expect(following).rejects.toMatchObject({
      code: "transaction-expired",
      resendSafe: true,
      validUntil: signed.validUntil,
    });
    expect(chain.client.finalizedHead().number).toBeGreaterThan(signed.validUntil!);
  });

  test.each([
    ["dropped", "dropped"],
    ["invalid", "invalid"],
    ["usurped", { usurped: `0x${"00".repeat(32)}` }],
  ])("the pool says %s: it may still come, until its time is over", async (loss, status) => {
    const { following, statuses, signed } = await waiting("Eve", 64);
    statuses.push("ready");
    statuses.push(status);
    await expect(following).rejects.toMatchObject({
      code: `transaction-${loss}`,
      resendSafe: false,
      validUntil: signed.validUntil,
    });
  });

  test("the connection is lost and comes back: it is found in the blocks of the meantime", async () => {
    const proxy = await startCuttableProxy(chain.url);
    const client = await createChainClient({ url: proxy.url });
    try {
      const handle = open(account("Ferdie"), client);
      await new Promise<void>((resolve) => {
        handle.onProgress((progress) => {
          if (progress !== "broadcast") return;
          proxy.cut();
          resolve();
        });
      });
      await expect.poll(() => client.state).toBe("disconnected");
      // On chain, while this client can't hear of it.
      const head = chain.client.bestHead().number;
      await expect.poll(() => chain.client.bestHead().number, { timeout: 10_000 }).toBeGreaterThan(head + 3);
      proxy.restore();
      const { block } = await handle.finalized;
      expect(block.number).toBeLessThanOrEqual(head + 3);
    } finally {
      await client.disconnect();
      await proxy.stop();
    }
  });

  test("the client is disconnected: it is told so", async () => {
    const client = await createChainClient({ url: chain.url });
    const handle = open(account("Ferdie"), client);
    await new Promise<void>((resolve) => {
      handle.onProgress((progress) => {
        if (progress === "broadcast") resolve();
      });
    });
    await client.disconnect();
    await expect(handle.finalized).rejects.toMatchObject({ code: "chain-closed" });
    await expect(open(account("Ferdie"), client).included).rejects.toMatchObject({ code: "chain-closed" });
  });
});
