// SPDX-License-Identifier: Apache-2.0
// A paying viewer in a real browser, on the watch page that the node serves, with its development wallet.
import { existsSync } from "node:fs";
import { type Epoch, parseNodeMessage, parseViewerMessage } from "@tickstream/contracts-types";
import type { Page } from "playwright-core";
import { type Chromium, startChromium } from "./chromium.ts";
import { connectWallet, fundAndWatch, paymentPanel, VIEWER_SETTINGS } from "./viewer-steps.ts";

/** Somebody who watches in Chromium. */
export interface PageViewer {
  readonly page: Page;
  /** Every epoch whose key crossed the pay socket. */
  readonly epochs: ReadonlySet<Epoch>;
  /** The highest `n` that the page revealed. */
  readonly paid: number;
  /** What the page's console and its uncaught errors said. */
  readonly complaints: readonly string[];
  /** Seconds of media that the video element has played, and the frames it has shown. */
  played(): Promise<{ seconds: number; frames: number; width: number }>;
  /** Resolves once `condition` holds; it is asked at every frame of the pay socket. */
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
  /** Presses “Stop watching”, and waits for the page to say what was watched. */
  stop(): Promise<void>;
  /** Closes the tab by the page's button, and signs; resolves with what the page says came back. */
  refund(): Promise<string>;
  close(): Promise<void>;
}

/** Opens the watch page, connects the development wallet, funds a tab and begins to watch. */
export async function startPageViewer(options: {
  node: string;
  stream: bigint;
  /** A development account's name, `Charlie`. */
  account: string;
  /** What to put into the tab, in whole tokens. */
  deposit: string;
}): Promise<PageViewer> {
  if (!existsSync(`${VIEWER_SETTINGS.appsDir}/index.html`))
    throw new Error("the watch page is not built: npm run build:apps");
  const chromium = await startChromium();
  try {
    const page = await chromium.context.newPage();
    const viewer = new Viewer(chromium, page);
    await viewer.start(options);
    return viewer;
  } catch (error) {
    await chromium.close();
    throw error;
  }
}

class Viewer implements PageViewer {
  readonly page: Page;
  readonly epochs = new Set<Epoch>();
  readonly complaints: string[] = [];
  paid = 0;
  readonly #chromium: Chromium;
  readonly #listeners = new Set<() => void>();

  constructor(chromium: Chromium, page: Page) {
    this.#chromium = chromium;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("websocket", (socket) => {
      if (!socket.url().endsWith("/pay")) return;
      socket.on("framereceived", ({ payload }) => {
        const message = parseNodeMessage(payload);
        if (message.type === "keys") for (const { epoch } of message.keys) this.epochs.add(epoch);
        this.#look();
      });
      socket.on("framesent", ({ payload }) => {
        const message = parseViewerMessage(payload);
        if (message.type === "tick") this.paid = Math.max(this.paid, message.n);
        this.#look();
      });
    });
  }

  #look(): void {
    for (const listener of this.#listeners) listener();
  }

  async start(options: { node: string; stream: bigint; account: string; deposit: string }): Promise<void> {
    const { page } = this;
    await page.goto(`${options.node}/watch/${options.stream}`);
    await connectWallet(page, { wallet: /development/, account: `${options.account} (development)` });
    await fundAndWatch(page, options.deposit);
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    await paymentPanel(page).getByRole("button", { name: "Stop watching" }).waitFor({ timeout: 60_000 });
  }

  played(): Promise<{ seconds: number; frames: number; width: number }> {
    return this.page.locator("video").evaluate((element) => {
      const video = element as HTMLVideoElement;
      const ranges = Array.from(
        { length: video.played.length },
        (_, i) => video.played.end(i) - video.played.start(i),
      );
      return {
        seconds: ranges.reduce((a, b) => a + b, 0),
        frames: video.getVideoPlaybackQuality().totalVideoFrames,
        width: video.videoWidth,
      };
    });
  }

  until(condition: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
      };
      const look = (): void => {
        if (!condition()) return;
        finish();
        resolve();
      };
      const timer = setTimeout(() => {
        finish();
        const complaints = this.complaints.slice(-5).join("; ");
        reject(new Error(`${what}: not within ${timeoutMs} ms; paid ${this.paid}, ${complaints}`));
      }, timeoutMs);
      this.#listeners.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    const { page } = this;
    await paymentPanel(page).getByRole("button", { name: "Stop watching" }).click();
    await page.getByLabel("What you watched").waitFor({ timeout: 30_000 });
  }

  async refund(): Promise<string> {
    const { page } = this;
    await page.getByRole("button", { name: /^Close the tab, get/ }).click();
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    const returned = page.getByText("came back to your wallet");
    await returned.waitFor({ timeout: 60_000 });
    return (await returned.textContent()) ?? "";
  }

  close(): Promise<void> {
    return this.#chromium.close();
  }
}
