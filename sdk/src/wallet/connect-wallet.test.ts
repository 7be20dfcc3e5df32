// SPDX-License-Identifier: Apache-2.0
// The answers of each wallet, in the words and shapes of its own sources, from in-process stand-ins.
import { afterEach, expect, test, vi } from "vitest";
import { connectWallet } from "./connect-wallet.ts";
import type { InjectedAccount, InjectedProvider } from "./injected-extension.ts";

const GENESIS = `0x${"11".repeat(32)}`;
const OTHER_CHAIN = `0x${"22".repeat(32)}`;
const page = globalThis as { injectedWeb3?: Record<string, InjectedProvider> };

/** One account, in the generic form and in Polkadot's. */
const address = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const polkadotAddress = "14E5nqKAp3oAJcmzgZhUD2RcptBeUBScxKHgJKU4HPNcKVf3";

afterEach(() => {
  delete page.injectedWeb3;
  vi.useRealTimers();
});

/** A wallet that shows accounts, and signs with `0x01` and the address it was asked for. */
function inject(
  name: string,
  get: () => Promise<InjectedAccount[]>,
  enable: () => Promise<unknown> = async () => undefined,
) {
  const signed: object[] = [];
  page.injectedWeb3 = {
    [name]: {
      version: "1",
      enable: async () => {
        await enable();
        const signer = {
          signRaw: async (raw: object) => {
            signed.push(raw);
            return { signature: "0x01" as const };
          },
        };
        return { accounts: { get }, signer };
      },
    },
  };
  return { signed };
}

const connect = (name: string) => connectWallet(name, { appName: "Test", genesisHash: GENESIS, gapMs: 0 });

test("only accounts that can sign for the chain are shown", async () => {
  inject("talisman", async () => [
    { address, name: "Bob", type: "sr25519" },
    { address: "0x05cb7feb57b3dcae2f3afbd2c1bbd5a1a9ba7cc5", type: "ethereum" },
    // Some wallets leave the kind out, and list what no chain of this kind knows.
    { address: "0x05cb7feb57b3dcae2f3afbd2c1bbd5a1a9ba7cc5" },
    { address: "HN7cABqLq46Es1jh92dQQisAq662SmxELLLsHHe4YWrH", type: "solana" },
    {
      address: "5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy",
      name: "Elsewhere",
      genesisHash: OTHER_CHAIN,
    },
    { address: "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL", name: "Here", genesisHash: GENESIS },
  ]);
  const wallet = await connect("talisman");
  expect(wallet.accounts().map(({ name }) => name)).toEqual(["Bob", "Here"]);
  wallet.disconnect();
});

test("a wallet is asked with the address as it writes it, whatever the page remembers", async () => {
  const { signed } = inject("subwallet-js", async () => [{ address: polkadotAddress }]);
  const wallet = await connect("subwallet-js");
  expect(wallet.accounts()).toMatchObject([{ address, name: "" }]);
  await wallet.walletOf(address).signer.signRaw!({ address, data: "0x00", type: "bytes" });
  expect(signed).toEqual([{ address: polkadotAddress, data: "0x00", type: "bytes" }]);
  wallet.disconnect();
});

test.each<[wallet: string, words: string, code: string]>([
  ["polkadot-js", "Connection request was cancelled by the user.", "wallet-connection-declined"],
  ["polkadot-js", "Connection request was rejected by the user.", "wallet-not-authorised"],
  ["polkadot-js: another page asks", "The source x has a pending authorization request", "wallet-busy"],
  ["SubWallet, Nova: declined", "Rejected", "wallet-connection-declined"],
  ["SubWallet: closed", "Cancelled", "wallet-connection-declined"],
  [
    "SubWallet: declined before",
    "The source x is not allowed to interact with this extension",
    "wallet-not-authorised",
  ],
  [
    "Talisman: not set up",
    "Talisman extension has not been configured yet. Please continue with onboarding.",
    "wallet-no-accounts",
  ],
])("%s: %s", async (_, words, code) => {
  inject(
    "wallet",
    async () => [{ address }],
    () => Promise.reject(new Error(words)),
  );
  await expect(connect("wallet")).rejects.toMatchObject({ code, details: words });
});

test.each([
  ["Site https://page.example has not been authorised for Talisman yet", "wallet-not-authorised"],
  ["No Talisman wallet accounts are authorised to connect to https://page.example", "wallet-no-accounts"],
])("Talisman lets every page in, and tells a declined one when it looks: %s", async (words, code) => {
  inject("talisman", () => Promise.reject(new Error(words)));
  await expect(connect("talisman")).rejects.toMatchObject({ code });
});

test("a site that the wallet forgets meanwhile has no account any more, and gets no signature", async () => {
  let forgotten = false;
  const { signed } = inject("talisman", async () => {
    if (forgotten) throw new Error("Site https://page.example has not been authorised for Talisman yet");
    return [{ address }];
  });
  const wallet = await connect("talisman");
  const changes: unknown[] = [];
  wallet.onAccounts((accounts) => changes.push(accounts));
  const { signer } = wallet.walletOf(address);
  forgotten = true;
  const asked = signer.signRaw!({ address, data: "0x00", type: "bytes" });
  await expect(asked).rejects.toMatchObject({ code: "wallet-account-unknown" });
  expect([changes, signed]).toEqual([[[]], []]);
  wallet.disconnect();
});

test("a wallet that tells answers apart by their kind only is asked for its accounts once at a time", async () => {
  // Nova keeps one promise a kind of message: a second question takes the first one's answer.
  let waiting: ((accounts: InjectedAccount[]) => void) | undefined;
  let asked = 0;
  inject("polkadot-js", () => {
    asked++;
    return new Promise((resolve) => {
      waiting = resolve;
    });
  });
  const connecting = connect("polkadot-js");
  await vi.waitFor(() => expect(waiting).toBeDefined());
  waiting!([{ address }]);
  const wallet = await connecting;
  const { signer } = wallet.walletOf(address);
  const both = ["0x00", "0x01"].map((data) => signer.signRaw!({ address, data, type: "bytes" }));
  await vi.waitFor(() => expect(asked).toBe(2));
  waiting!([{ address }]);
  expect(await Promise.all(both)).toEqual([{ signature: "0x01" }, { signature: "0x01" }]);
  expect(asked).toBe(2);
  wallet.disconnect();
});

test("a wallet that is silent is not waited for as long as a person is", async () => {
  let silent = false;
  const { signed } = inject("polkadot-js", () =>
    silent ? new Promise(() => {}) : Promise.resolve([{ address }]),
  );
  const wallet = await connect("polkadot-js");
  const { signer } = wallet.walletOf(address);
  silent = true;
  vi.useFakeTimers();
  const asked = expect(signer.signRaw!({ address, data: "0x00", type: "bytes" })).rejects.toMatchObject({
    code: "wallet-timeout",
  });
  await vi.advanceTimersByTimeAsync(10_001);
  await asked;
  expect(signed).toEqual([]);
  wallet.disconnect();
});
