// SPDX-License-Identifier: Apache-2.0
// A page with hls.js and nothing of ours: what any player makes of a stream.
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { inRepository } from "../system/repository.ts";

const HTML = `<!doctype html><title>Player</title><video muted playsinline width="640" height="360"></video>
<script src="/hls.js"></script>`;

/** Serves the page and hls.js from a test's HTTP server. */
export function servePlayerPage(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/hls.js") {
    void readFile(inRepository("node_modules/hls.js/dist/hls.js")).then((script) =>
      response.writeHead(200, { "content-type": "text/javascript" }).end(script),
    );
  } else if (request.url === "/") {
    response.writeHead(200, { "content-type": "text/html" }).end(HTML);
  } else {
    response.writeHead(404).end();
  }
}

/** What a player looks like at one moment. Times in seconds. */
export interface PlayerState {
  time: number;
  /** hls.js's own: behind the live edge. */
  latency: number;
  targetLatency: number;
  readyState: number;
  width: number;
  frames: number;
  droppedFrames: number;
  /** From the start of loading to the first picture, milliseconds; null before. */
  firstFrameMs: number | null;
  /** How often playback stopped for want of media. */
  stalls: number;
  fatalErrors: string[];
  errors: string[];
}

/** The page's script knows hls.js by this much. */
interface PlayerWindow {
  Hls: new (config: object) => {
    latency: number;
    targetLatency: number | null;
    on(
      event: string,
      listener: (event: string, data: { details: string; fatal: boolean; error?: Error }) => void,
    ): void;
    loadSource(url: string): void;
    attachMedia(video: HTMLVideoElement): void;
  };
  playerState: () => PlayerState;
}

/** Opens the page and begins to play, with hls.js's defaults for low latency. */
export async function play(page: Page, origin: string, playlistUrl: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.evaluate((url) => {
    const { Hls } = globalThis as unknown as PlayerWindow;
    const video = document.querySelector("video") as HTMLVideoElement;
    const started = performance.now();
    const errors: string[] = [];
    const fatalErrors: string[] = [];
    let firstFrameMs: number | null = null;
    let stalls = 0;
    video.requestVideoFrameCallback(() => (firstFrameMs = performance.now() - started));
    video.addEventListener("waiting", () => {
      if (firstFrameMs !== null) stalls++;
    });
    const hls = new Hls({ lowLatencyMode: true });
    hls.on("hlsError", (_event, data) =>
      (data.fatal ? fatalErrors : errors).push(`${data.details}: ${data.error?.message ?? ""}`),
    );
    hls.loadSource(url);
    hls.attachMedia(video);
    void video.play();
    (globalThis as unknown as PlayerWindow).playerState = () => ({
      time: video.currentTime,
      latency: hls.latency,
      targetLatency: hls.targetLatency ?? 0,
      readyState: video.readyState,
      width: video.videoWidth,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      droppedFrames: video.getVideoPlaybackQuality().droppedVideoFrames,
      firstFrameMs,
      stalls,
      fatalErrors,
      errors,
    });
  }, playlistUrl);
}

export async function playerState(page: Page): Promise<PlayerState> {
  return await page.evaluate(() => (globalThis as unknown as PlayerWindow).playerState());
}
