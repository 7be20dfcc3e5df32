// SPDX-License-Identifier: Apache-2.0
// The programs that end-to-end tests need beside Node: ffmpeg, ffprobe and a Chromium that plays H.264 and AAC.
// A machine's own come first; what is missing is fetched into the project's cache folder by npm.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";

/** Static builds that are carried inside npm packages; only used where PATH has none. */
const FFMPEG_PACKAGES = ["@ffmpeg-installer/ffmpeg@1.1.0", "@ffprobe-installer/ffprobe@2.1.2"];

/** Environment variables by which the tests find their programs. */
export interface TestTools {
  FFMPEG_PATH: string;
  FFPROBE_PATH: string;
  CHROMIUM_PATH: string;
}

/** Finds or fetches the test programs. Ends the process with one clear line where one cannot be had. */
export async function prepareTestTools(options: { root: string; strict: boolean }): Promise<TestTools> {
  const cache = join(options.root, ".cache", "test-tools");
  return { ...ffmpeg(cache), CHROMIUM_PATH: await chromium(cache) };
}

function ffmpeg(cache: string): { FFMPEG_PATH: string; FFPROBE_PATH: string } {
  const own = {
    FFMPEG_PATH: process.env.FFMPEG_PATH ?? findProgram("ffmpeg"),
    FFPROBE_PATH: process.env.FFPROBE_PATH ?? findProgram("ffprobe"),
  };
  if (own.FFMPEG_PATH !== undefined && own.FFPROBE_PATH !== undefined) {
    return { FFMPEG_PATH: own.FFMPEG_PATH, FFPROBE_PATH: own.FFPROBE_PATH };
  }
  const require = createRequire(join(cache, "index.cjs"));
  const installed = (): { FFMPEG_PATH: string; FFPROBE_PATH: string } => ({
    FFMPEG_PATH: (require("@ffmpeg-installer/ffmpeg") as { path: string }).path,
    FFPROBE_PATH: (require("@ffprobe-installer/ffprobe") as { path: string }).path,
  });
  if (!existsSync(join(cache, "node_modules/@ffprobe-installer/ffprobe"))) {
    console.log("ffmpeg is not on PATH: fetching a build for the tests …");
    mkdirSync(cache, { recursive: true });
    const result = spawnSync("npm", ["install", "--no-save", "--prefix", cache, ...FFMPEG_PACKAGES], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (result.status !== 0)
      stop(
        "ffmpeg is not on PATH and could not be fetched: install ffmpeg, or set FFMPEG_PATH and FFPROBE_PATH.",
      );
  }
  const paths = installed();
  chmodSync(paths.FFMPEG_PATH, 0o755);
  chmodSync(paths.FFPROBE_PATH, 0o755);
  return paths;
}

async function chromium(cache: string): Promise<string> {
  const own =
    process.env.CHROMIUM_PATH ??
    findProgram("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
  if (own !== undefined) return own;
  const browsers = join(cache, "browsers");
  process.env.PLAYWRIGHT_BROWSERS_PATH = browsers;
  const playwright = await import("playwright-core");
  if (!existsSync(playwright.chromium.executablePath())) {
    console.log("No Chromium found: installing playwright's …");
    const result = spawnSync("npx", ["playwright-core", "install", "chromium"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (result.status !== 0)
      stop("No Chromium found and none could be installed: install chromium, or set CHROMIUM_PATH.");
  }
  return playwright.chromium.executablePath();
}

function stop(message: string): never {
  console.error(`\n  ${message}\n`);
  process.exit(1);
}
