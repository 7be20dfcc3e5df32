// SPDX-License-Identifier: Apache-2.0
// A paying viewer in a real browser, on the watch page that the node serves, with its development wallet.
import { existsSync } from "node:fs";
import type { Epoch } from "@tickstream/contracts-types";
import type { Page } from "playwright-core";
import { type Chromium, startChromium } from "./chromium.ts";
import { listenForComplaints } from "./page-complaints.ts";
import { logPaySocket, type PaySocketLog } from "../money/pay-socket-log.ts";
import { connectWallet, fundAndWatch, paymentPanel, VIEWER_SETTINGS } from "./viewer-steps.ts";

/** Somebody who watches in Chromium. */
export interface PageViewer {
  readonly page: Page;
  /** Every epoch whose key crossed the pay socket. */
  readonly epochs: ReadonlySet<Epoch>;
  /** Ticks that the page revealed. */
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
  readonly complaints: readonly string[];
  readonly #chromium: Chromium;
  readonly #log: PaySocketLog;

  constructor(chromium: Chromium, page: Page) {
    this.#chromium = chromium;
    this.page = page;
    this.complaints = listenForComplaints(page);
    this.#log = logPaySocket(page);
  }

  get epochs(): ReadonlySet<Epoch> {
    return this.#log.epochs;
  }

  get paid(): number {
    return this.#log.total();
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

  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void> {
    return this.#log.until(condition, what, timeoutMs);
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
