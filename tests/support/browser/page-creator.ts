// SPDX-License-Identifier: Apache-2.0
// A creator in a real browser with a camera that Chromium makes up, in the studio that the node serves, with a wallet that
// behaves as extensions do.
import { existsSync } from "node:fs";
import type { Page } from "playwright-core";
import { type Chromium, startChromium } from "./chromium.ts";
import { createExtensionLikeWallet, type ExtensionLikeWallet } from "./extension-like-wallet.ts";
import { listenForComplaints } from "./page-complaints.ts";
import { inRepository } from "../system/repository.ts";

/** The built studio, for the node's `studioDir`. */
export const STUDIO = inRepository("apps/creator/dist");

/** A camera that shows a moving picture and a microphone that beeps, a screen to share, and nobody to ask. */
export const FAKE_DEVICES = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--auto-select-desktop-capture-source=Entire screen",
];

/** Somebody in the studio. */
export interface PageCreator {
  readonly page: Page;
  readonly wallet: ExtensionLikeWallet;
  /** What the page's console and its uncaught errors said. */
  readonly complaints: readonly string[];
  /** Goes to a page of the studio, `/new`. */
  open(path: string): Promise<void>;
  connectWallet(): Promise<void>;
  /** Fills in the first-run page and signs; resolves in the studio of the new stream, with its id. */
  setUpStream(stream: { title: string; perMinute?: string; free?: boolean }): Promise<string>;
  /** Turns the camera on and goes live; resolves when the page says that it is. */
  goLive(): Promise<void>;
  close(): Promise<void>;
}

export async function startPageCreator(options: {
  node: string;
  /** A development account's name. */
  account?: string;
  colorScheme?: "light" | "dark";
}): Promise<PageCreator> {
  const { node, account = "Bob", colorScheme = "light" } = options;
  if (!existsSync(`${STUDIO}/index.html`)) throw new Error("the studio is not built: npm run build:apps");
  const chromium = await startChromium(FAKE_DEVICES);
  try {
    const wallet = await createExtensionLikeWallet({ accounts: [account] });
    await wallet.install(chromium.context);
    const page = await chromium.context.newPage();
    await page.emulateMedia({ colorScheme });
    page.setDefaultTimeout(60_000);
    return new Creator(chromium, page, wallet, node);
  } catch (error) {
    await chromium.close();
    throw error;
  }
}

class Creator implements PageCreator {
  readonly page: Page;
  readonly wallet: ExtensionLikeWallet;
  readonly complaints: readonly string[];
  readonly #chromium: Chromium;
  readonly #node: string;

  constructor(chromium: Chromium, page: Page, wallet: ExtensionLikeWallet, node: string) {
    this.#chromium = chromium;
    this.page = page;
    this.wallet = wallet;
    this.#node = node;
    this.complaints = listenForComplaints(page);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(`${this.#node}/studio${path}`);
  }

  async connectWallet(): Promise<void> {
    const { page } = this;
    await page.getByRole("main").getByRole("button", { name: "Connect wallet" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Polkadot.js" }).click();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  }

  async setUpStream(stream: { title: string; perMinute?: string; free?: boolean }): Promise<string> {
    const { page } = this;
    await page.getByLabel("Title").fill(stream.title);
    if (stream.free === true) await page.getByText("Free", { exact: true }).click();
    else if (stream.perMinute !== undefined) await page.getByLabel("Price per minute").fill(stream.perMinute);
    await page.getByRole("button", { name: /open the studio/i }).click();
    await page.waitForURL(/\/studio\/streams\/[^/]+$/, { timeout: 120_000 });
    return new URL(page.url()).pathname.split("/").at(-1) ?? "";
  }

  async goLive(): Promise<void> {
    const { page } = this;
    await page.getByRole("button", { name: "Turn on camera" }).click();
    await page.getByRole("button", { name: "Go live" }).click();
    await page.getByRole("button", { name: "End broadcast" }).waitFor();
  }

  close(): Promise<void> {
    return this.#chromium.close();
  }
}
