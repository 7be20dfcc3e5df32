// SPDX-License-Identifier: Apache-2.0
// The SDK's wallet side in a real browser, against a double of the extension protocol with polkadot-js' quirks and a real
// chain: who is asked, when, and how each ending looks to the page.
import { signatureVerify } from "@polkadot/util-crypto";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startTestChain, type TestChain } from "../support/system/chain.ts";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import {
  createExtensionLikeWallet,
  type ExtensionLikeWallet,
} from "../support/browser/extension-like-wallet.ts";
import {
  inWalletPage,
  type Outcome,
  startWalletPage,
  type WalletPage,
  type WalletPageServer,
} from "../support/browser/wallet-page.ts";

vi.setConfig({ testTimeout: 120_000 });

let chain: TestChain;
let walletPage: WalletPageServer;
let browser: Chromium;
let extension: ExtensionLikeWallet;
let other: ExtensionLikeWallet;
let page: Page;

beforeAll(async () => {
  walletPage = await startWalletPage();
  chain = await startTestChain();
  browser = await startChromium();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await walletPage?.stop();
  await chain?.stop();
}, 60_000);

beforeEach(async () => {
  extension = await createExtensionLikeWallet({ lateMs: 100 });
  other = await createExtensionLikeWallet({ name: "talisman", accounts: ["Eve"] });
  page = await browser.context.newPage();
  page.setDefaultTimeout(60_000);
  // To the page itself: another test's page has another wallet.
  await extension.install(page);
  await other.install(page);
  await page.goto(walletPage.url(chain.url));
  await page.waitForFunction(() => "connect" in window);
  await page.waitForFunction(
    () => "polkadot-js" in ((globalThis as { injectedWeb3?: object }).injectedWeb3 ?? {}),
  );
}, 60_000);

afterEach(() => page.close());

const inPage = <Name extends keyof WalletPage>(name: Name, ...args: Parameters<WalletPage[Name]>) =>
  inWalletPage(page, name, ...args);

const codesOf = (outcomes: Outcome<unknown>[]) => outcomes.map(({ code }) => code);

describe("connecting", () => {
  test("asks the chosen extension and no other, by name", async () => {
    const wallets = await inPage("list");
    expect(wallets.map(({ name, title }) => [name, title])).toEqual([
      ["talisman", "Talisman"],
      ["polkadot-js", "Polkadot.js"],
    ]);
    expect(wallets.every(({ icon }) => icon.startsWith("data:image/svg+xml,"))).toBe(true);
    const { value } = await inPage("connect", "polkadot-js");
    expect(value).toMatchObject([
      { name: "Bob", address: extension.address("Bob") },
      { name: "Dave", address: extension.address("Dave") },
    ]);
    expect(extension.messages[0]).toMatchObject({
      message: "pub(authorize.tab)",
      request: { origin: "Test page" },
    });
    expect(other.messages).toEqual([]);
  });

  test("ends differently when it is cancelled, rejected, rejected before, asked twice, and missing", async () => {
    extension.person = (question) => question.cancel();
    expect(await inPage("connect", "polkadot-js")).toMatchObject({ code: "wallet-connection-declined" });

    extension.person = null;
    const first = inPage("connect", "polkadot-js");
    const question = await extension.nextQuestion("authorize");
    expect(await inPage("connect", "polkadot-js")).toMatchObject({ code: "wallet-busy" });
    question.reject();
    expect(await first).toMatchObject({ code: "wallet-not-authorised" });
    // The extension remembers the site, lets it in, and shows it nothing.
    expect(await inPage("connect", "polkadot-js")).toMatchObject({ code: "wallet-no-accounts" });
    expect(await inPage("connect", "nova")).toMatchObject({ code: "wallet-missing" });
  });

  test("tells when accounts come and go, and does not sign for one that is gone", async () => {
    await inPage("connect", "polkadot-js");
    extension.setAccounts(["Dave", "Eve"]);
    await expect.poll(() => inPage("accountChanges"), { timeout: 20_000 }).toEqual([["Dave", "Eve"]]);
    expect(await inPage("fund", extension.address("Bob"))).toMatchObject({ code: "wallet-account-unknown" });
    extension.forget(new URL(page.url()).origin);
    await expect.poll(() => inPage("accountChanges"), { timeout: 20_000 }).toEqual([["Dave", "Eve"], []]);
  });

  test("does not sign for an account that went while nothing was heard of it, and looks when the person is back", async () => {
    await inPage("connect", "polkadot-js");
    extension.killWorker();
    extension.setAccounts(["Dave"]);
    expect(await inPage("fund", extension.address("Bob"))).toMatchObject({ code: "wallet-account-unknown" });
    expect(await inPage("accountChanges")).toEqual([["Dave"]]);
    expect(extension.messages.map(({ message }) => message)).not.toContain("pub(extrinsic.sign)");
    extension.setAccounts(["Dave", "Eve"]);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await expect
      .poll(() => inPage("accountChanges"), { timeout: 20_000 })
      .toEqual([["Dave"], ["Dave", "Eve"]]);
  });
});

describe("signing", () => {
  test("describes the chain once, before the first signature, and the chain takes the transaction", async () => {
    await inPage("connect", "polkadot-js");
    const { value } = await inPage("fund", extension.address("Bob"));
    expect(value?.steps).toEqual(["connecting", "introducing", "signing", "broadcast", "in-block"]);
    const asked = extension.messages.map(({ message }) => message);
    expect(asked.indexOf("pub(metadata.provide)")).toBeGreaterThan(0);
    expect(asked.indexOf("pub(metadata.provide)")).toBeLessThan(asked.indexOf("pub(extrinsic.sign)"));
    const [[, described] = []] = [...extension.chains];
    expect(described).toMatchObject({ specVersion: 1, tokenDecimals: 12, tokenSymbol: "UNIT" });

    const again = await inPage("fund", extension.address("Bob"));
    expect(again.value?.tab).toBeDefined();
    expect(extension.messages.filter(({ message }) => message === "pub(metadata.provide)")).toHaveLength(1);
    const payloads = extension.messages.filter(({ message }) => message === "pub(extrinsic.sign)");
    expect(payloads[0]?.request).toMatchObject({
      address: extension.address("Bob"),
      version: 4,
      withSignedTransaction: false,
    });
  });

  test("signs all the same where the person does not want to hear of the chain", async () => {
    extension.person = (question) => (question.kind === "metadata" ? question.reject() : question.approve());
    await inPage("connect", "polkadot-js");
    expect((await inPage("fund", extension.address("Dave"))).value?.tab).toBeDefined();
    expect(extension.chains.size).toBe(0);
  });

  test("keeps two requests of a page apart, so that the extension refuses neither", async () => {
    await inPage("connect", "polkadot-js");
    extension.person = null;
    const both = Promise.all([
      inPage("fund", extension.address("Bob")),
      inPage("fund", extension.address("Dave")),
    ]);
    (await extension.nextQuestion("metadata")).approve();
    const first = await extension.nextQuestion("sign-payload");
    await page.waitForFunction(() =>
      (window as unknown as { allSteps: string[] }).allSteps.includes("waiting-for-wallet"),
    );
    first.approve();
    (await extension.nextQuestion("sign-payload")).approve();
    expect(codesOf(await both)).toEqual([undefined, undefined]);
    expect(extension.refusedForHaste).toBe(0);
  });

  test("asks again by itself where another tab of the page was too quick", async () => {
    await inPage("connect", "polkadot-js");
    extension.letOtherTabBeFirst();
    const outcome = await inPage("fund", extension.address("Bob"));
    expect(outcome.value?.steps).toEqual([
      "connecting",
      "introducing",
      "signing",
      "waiting-for-wallet",
      "signing",
      "broadcast",
      "in-block",
    ]);
  });

  test("tells a declined request, a locked wallet and a wrong password apart", async () => {
    extension.person = (question) =>
      question.kind === "sign-payload" ? question.cancel() : question.approve();
    await inPage("connect", "polkadot-js");
    expect(await inPage("fund", extension.address("Bob"))).toEqual({
      code: "wallet-rejected",
      details: "Cancelled",
    });
    extension.lock("correct horse");
    extension.person = null;
    const locked = inPage("fund", extension.address("Bob"));
    (await extension.nextQuestion("sign-payload")).approve();
    expect(await locked).toMatchObject({ code: "wallet-locked" });
    // A wrong password is told in the wallet's window, and the page hears nothing of it.
    const unlocked = inPage("fund", extension.address("Bob"));
    const question = await extension.nextQuestion("sign-payload");
    expect(() => question.approve({ password: "wrong" })).toThrow();
    question.approve({ password: "correct horse" });
    expect((await unlocked).value?.tab).toBeDefined();
  });

  test("gives up on a request that died with the extension's worker, and the next one is answered", async () => {
    await inPage("connect", "polkadot-js", { timeoutMs: 6_000 });
    extension.person = (question) => {
      if (question.kind === "sign-payload") extension.killWorker();
      else question.approve();
    };
    expect(await inPage("fund", extension.address("Bob"))).toMatchObject({ code: "wallet-timeout" });
    extension.person = (question) => question.approve();
    expect((await inPage("fund", extension.address("Bob"))).value?.tab).toBeDefined();
  });

  test("does not wait for a person where the extension itself is gone", async () => {
    await inPage("connect", "polkadot-js");
    extension.remove();
    expect(await inPage("fund", extension.address("Bob"))).toMatchObject({ code: "wallet-timeout" });
    expect(extension.messages.at(-1)).toMatchObject({ message: "pub(accounts.list)" });
  });

  test("signs text wrapped and without a type, which a node's login takes", async () => {
    await inPage("connect", "polkadot-js");
    const text = "Log in to the Tickstream node at example";
    const data = `0x${Buffer.from(text).toString("hex")}`;
    const { value } = await inPage("signText", extension.address("Bob"), data);
    expect(value?.signature).toHaveLength(2 + 128);
    expect(signatureVerify(text, value!.signature, extension.address("Bob")).isValid).toBe(true);
  });
});
