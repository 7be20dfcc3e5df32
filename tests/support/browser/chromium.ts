// SPDX-License-Identifier: Apache-2.0
// A real browser: the system's Chromium (or Chrome), with a fresh profile that goes when the test does.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "@tickstream/signaling/testing";
import { type BrowserContext, chromium } from "playwright-core";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "Google Chrome",
  "Chromium",
];
const PLACES = [
  "/usr/bin",
  "/snap/bin",
  "/Applications/Google Chrome.app/Contents/MacOS",
  "/Applications/Chromium.app/Contents/MacOS",
];

/** A browser that plays H.264 and AAC: `CHROMIUM_PATH`, or the first that is installed; undefined where there is none. */
function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") return named;
  return findProgram(NAMES, PLACES);
}

/** A running browser. */
export interface Chromium {
  readonly context: BrowserContext;
  /** Its profile's folder, which goes when it is closed. */
  readonly profile: string;
  /** Closes the browser and removes its profile. */
  close(): Promise<void>;
}

/** Starts a browser in which media plays without a click. */
export async function startChromium(extraArguments: readonly string[] = []): Promise<Chromium> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error("No Chromium found: install one (apt-get install chromium) or name it in CHROMIUM_PATH.");
  }
  const profile = await mkdtemp(join(tmpdir(), "tickstream-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    // prettier-ignore
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--autoplay-policy=no-user-gesture-required", ...extraArguments,
    ],
  });
  return {
    context,
    profile,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
