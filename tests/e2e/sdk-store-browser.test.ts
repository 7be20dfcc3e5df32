// SPDX-License-Identifier: Apache-2.0
// The browser's session store does in a real browser what every session store must do; its secret never leaves WebCrypto.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { listenLocally, type LocalServer } from "../support/system/local-server.ts";
import { buildSdkPage, type SdkPage } from "../support/browser/sdk-page.ts";

let sdkPage: SdkPage;
let server: LocalServer;
let browser: Chromium;
let page: Page;

const SCRIPT = `
import { createIndexedDbStore } from "../sdk/src/store/indexed-db.ts";
import { storeCases } from "../sdk/src/testing/store-cases.ts";
Object.assign(window, {
  createIndexedDbStore,
  caseNames: storeCases.map(({ name }) => name),
  runCase: (index, database) => storeCases[index].run(() => createIndexedDbStore(database)),
});`;

interface StoreWindow {
  caseNames: string[];
  runCase: (index: number, database: string) => Promise<void>;
  createIndexedDbStore(name: string): {
    tryLock(name: string): Promise<{ release(): Promise<void> } | null>;
    sessionKey(): Promise<{ publicKeyHex: string }>;
    tabs(genesisHash: string): Promise<unknown[]>;
    putVisit(visit: object): Promise<void>;
    visits(): Promise<{ id: string }[]>;
    close(): Promise<void>;
  };
}

beforeAll(async () => {
  sdkPage = await buildSdkPage(SCRIPT);
  server = await listenLocally((request, response) => sdkPage.serve(request, response));
  browser = await startChromium();
  page = await open();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await sdkPage?.remove();
});

async function open(): Promise<Page> {
  const opened = await browser.context.newPage();
  await opened.goto(`${server.origin}/`);
  await opened.waitForFunction(() => "runCase" in globalThis);
  return opened;
}

test("passes every case of a session store", async () => {
  const names = await page.evaluate(() => (globalThis as unknown as StoreWindow).caseNames);
  expect(names.length).toBeGreaterThanOrEqual(7);
  const outcomes = await page.evaluate(async () => {
    const { caseNames, runCase } = globalThis as unknown as StoreWindow;
    const found: string[] = [];
    for (const [index, name] of caseNames.entries()) {
      const outcome = await runCase(index, `case-${index}`).then(
        () => "passed",
        (error: Error) => error.message,
      );
      found.push(`${name}: ${outcome}`);
    }
    return found;
  });
  expect(outcomes).toEqual(names.map((name) => `${name}: passed`));
});

test("keeps the session key where no script can read its secret", async () => {
  const stored = await page.evaluate(async () => {
    const store = (globalThis as unknown as StoreWindow).createIndexedDbStore("secret");
    await store.sessionKey();
    await store.close();
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("secret");
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error));
    });
    const record = await new Promise<{ kind: string; pair?: CryptoKeyPair }>((resolve, reject) => {
      const request = db.transaction("key").objectStore("key").get("device");
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error));
    });
    db.close();
    const key = record.pair?.privateKey;
    const exported = key
      ? await crypto.subtle.exportKey("pkcs8", key).then(
          () => true,
          () => false,
        )
      : true;
    return { kind: record.kind, extractable: key?.extractable, exported };
  });
  expect(stored).toEqual({ kind: "webcrypto", extractable: false, exported: false });
});

test("a lock ends with its page", async () => {
  const other = await open();
  const take = (on: Page) =>
    on.evaluate(async () => {
      const store = (globalThis as unknown as StoreWindow).createIndexedDbStore("locks");
      return (await store.tryLock("channel-1")) !== null;
    });
  expect(await take(other)).toBe(true);
  expect(await take(page)).toBe(false);
  await other.close();
  await expect.poll(() => take(page)).toBe(true);
});

test("takes over what an earlier version stored, while a page of that version is still open", async () => {
  const kept = await page.evaluate(async () => {
    const opening = indexedDB.open("earlier", 1);
    opening.addEventListener("upgradeneeded", () => {
      for (const kind of ["key", "tab", "nonce", "channel"]) opening.result.createObjectStore(kind);
    });
    const old = await new Promise<IDBDatabase>((resolve) => {
      opening.addEventListener("success", () => resolve(opening.result));
    });
    // What that version does when a newer page comes.
    old.addEventListener("versionchange", () => old.close());
    const written = old.transaction(["key", "tab"], "readwrite");
    written.objectStore("key").put({ kind: "seed", seed: new Uint8Array(32).fill(1) }, "device");
    written.objectStore("tab").put({ genesisHash: "0x07", tab: 5n }, "0x07-5");
    await new Promise((resolve) => written.addEventListener("complete", resolve));

    const store = (globalThis as unknown as StoreWindow).createIndexedDbStore("earlier");
    const { publicKeyHex } = await store.sessionKey();
    const tabs = (await store.tabs("0x07")).length;
    await store.putVisit({ id: "visit-1", startedAt: 1 });
    const visits = (await store.visits()).map(({ id }) => id);
    await store.close();
    return { publicKeyHex, tabs, visits };
  });
  // RFC 8032's arithmetic on a seed of ones.
  expect(kept).toEqual({
    publicKeyHex: "0x8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
    tabs: 1,
    visits: ["visit-1"],
  });
});
