// SPDX-License-Identifier: Apache-2.0
// A page that does with a wallet what an app does, by the SDK, against a real chain; a test's own server serves it.
import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import type { Page } from "playwright-core";
import { listenLocally } from "../system/local-server.ts";
import { buildSdkPage } from "./sdk-page.ts";

/** What a page does with a wallet, with the errors as plain values. */
const SCRIPT = `
import { planck } from "@tickstream/contracts-types";
import { openTab } from "../sdk/src/payment/tab/tabs.ts";
import { connectWallet } from "../sdk/src/wallet/connect-wallet.ts";
import { listWallets } from "../sdk/src/wallet/list-wallets.ts";
import { createChainClient } from "../chain-client/src/index.ts";
import { createIndexedDbStore } from "../sdk/src/store/indexed-db.ts";

const store = createIndexedDbStore();
let chain;
const client = { chain: () => (chain ??= createChainClient({ url: new URLSearchParams(location.search).get("chain") })), store: async () => store };
let wallet;
let accountChanges = [];
const allSteps = [];
const plain = (work) => work.then((value) => ({ value }), (error) => ({ code: error.code ?? String(error), details: error.details }));
Object.assign(window, {
  list: () => listWallets(),
  connect: (name, options) => plain(connectWallet(name, { appName: "Test page", ...options }).then((connected) => {
    wallet = connected;
    accountChanges = [];
    connected.onAccounts((accounts) => accountChanges.push(accounts.map(({ name }) => name)));
    return connected.accounts();
  })),
  allSteps,
  accountChanges: () => accountChanges,
  fund: (address, amount = "1000000000000") => {
    const steps = [];
    return plain(Promise.resolve().then(() => openTab({ client, wallet: wallet.walletOf(address), deposit: planck(amount), onStep: (step) => { steps.push(step); allSteps.push(step); } }))
      .then(({ tab, owner }) => ({ tab: String(tab), owner, steps: steps.slice()})));
  },
  signText: (address, data) => plain(Promise.resolve().then(() => wallet.walletOf(address).signer.signRaw({ address, data, type: "bytes" }))),
});`;

export interface Outcome<T> {
  value?: T;
  code?: string;
  details?: string;
}
/** What the page offers the test. */
export interface WalletPage {
  list(): Promise<{ name: string; title: string; version: string; icon: string }[]>;
  connect(name: string, options?: object): Promise<Outcome<{ address: string; name: string }[]>>;
  accountChanges(): string[][];
  fund(address: string): Promise<Outcome<{ tab: string; owner: string; steps: string[] }>>;
  signText(address: string, data: string): Promise<Outcome<{ signature: string }>>;
}

export interface WalletPageServer {
  /** The page, working on this chain. */
  url(chainUrl: string): string;
  stop(): Promise<void>;
}

/**
 * @param options.head more of the page's head
 * @param options.folders path prefix to a folder whose files are served there too
 */
export async function startWalletPage(
  options: { head?: string; folders?: Record<string, string> } = {},
): Promise<WalletPageServer> {
  const { head = "", folders = {} } = options;
  const sdkPage = await buildSdkPage(SCRIPT);
  const fileOf = (path: string): string => {
    const [prefix, folder] = Object.entries(folders).find(([start]) => path.startsWith(start)) ?? [
      "/",
      sdkPage.folder,
    ];
    return join(folder, normalize(`/${path.slice(prefix.length)}`));
  };
  const server = await listenLocally((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const isPage = pathname === "/";
    readFile(isPage ? join(sdkPage.folder, "index.html") : fileOf(pathname)).then(
      (body) =>
        response
          .writeHead(200, { "content-type": isPage ? "text/html" : "text/javascript" })
          .end(isPage ? body.toString().replace("<title>", `${head}<title>`) : body),
      () => response.writeHead(404).end(),
    );
  });
  return {
    url: (chainUrl) => `${server.origin}/?chain=${encodeURIComponent(chainUrl)}`,
    stop: async () => {
      await server.stop();
      await sdkPage.remove();
    },
  };
}

/** Calls what the page offers. */
export function inWalletPage<Name extends keyof WalletPage>(
  page: Page,
  name: Name,
  ...args: Parameters<WalletPage[Name]>
): Promise<Awaited<ReturnType<WalletPage[Name]>>> {
  return page.evaluate(
    ([call, values]) =>
      (window as unknown as Record<string, (...given: unknown[]) => unknown>)[call]!(...values) as never,
    [name, args] as const,
  );
}
