// SPDX-License-Identifier: Apache-2.0
// A page that watches over WHEP with nothing but the browser's own WebRTC: what any WHEP player makes of a stream.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Page } from "playwright-core";
import { listenLocally, type LocalServer } from "../system/local-server.ts";

const HTML = `<!doctype html><title>WHEP</title><video autoplay muted playsinline width="640" height="360"></video>
<script type="module" src="/whep.js"></script>`;

const SCRIPT = `
const video = document.querySelector("video");
window.watch = async (url, { token, sound }) => {
  const started = performance.now();
  const peer = new RTCPeerConnection();
  const stream = new MediaStream();
  const receivers = {};
  for (const kind of sound ? ["video", "audio"] : ["video"]) {
    const { receiver } = peer.addTransceiver(kind, { direction: "recvonly" });
    receiver.jitterBufferTarget = 0;
    receivers[kind] = receiver;
    stream.addTrack(receiver.track);
  }
  window.peer = peer;
  window.firstFrameMs = null;
  video.muted = !sound;
  video.srcObject = stream;
  video.requestVideoFrameCallback(() => (window.firstFrameMs = performance.now() - started));
  await peer.setLocalDescription();
  const headers = { "content-type": "application/sdp", ...(token ? { authorization: "Bearer " + token } : {}) };
  const response = await fetch(url, { method: "POST", headers, body: peer.localDescription.sdp });
  const body = await response.text();
  if (response.status !== 201) return { status: response.status, body };
  window.session = new URL(response.headers.get("location"), url).href;
  await peer.setRemoteDescription({ type: "answer", sdp: body });
  return { status: 201, body };
};
window.leave = async (token) => {
  const headers = token ? { authorization: "Bearer " + token } : {};
  const { status } = await fetch(window.session, { method: "DELETE", headers });
  window.peer.close();
  return status;
};
window.seen = async () => {
  const seen = { video: null, audio: null, state: window.peer.connectionState, firstFrameMs: window.firstFrameMs, width: video.videoWidth };
  for (const report of (await window.peer.getStats()).values()) {
    if (report.type !== "inbound-rtp") continue;
    const { packetsReceived, packetsLost, framesDecoded, framesDropped, keyFramesDecoded, freezeCount, totalAudioEnergy, totalSamplesReceived, concealedSamples, estimatedPlayoutTimestamp, jitterBufferDelay, jitterBufferEmittedCount } = report;
    seen[report.kind] = { packetsReceived, packetsLost, framesDecoded, framesDropped, keyFramesDecoded, freezeCount, totalAudioEnergy, totalSamplesReceived, concealedSamples, estimatedPlayoutTimestamp, bufferMs: (1000 * jitterBufferDelay) / jitterBufferEmittedCount };
  }
  return seen;
};
window.ready = true;`;

/** Serves the page at `/whep.html`. False: it was asked for something else. */
export function serveWhepPage(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url === "/whep.html") {
    response.writeHead(200, { "content-type": "text/html" }).end(HTML);
  } else if (request.url === "/whep.js") {
    response.writeHead(200, { "content-type": "text/javascript" }).end(SCRIPT);
  } else {
    return false;
  }
  return true;
}

/**
 * The page on an origin of its own, as on somebody else's site.
 *
 * @param others answers what is not the page's
 */
export function startWhepPages(
  others: RequestListener = (_request, response) => response.writeHead(404).end(),
): Promise<LocalServer> {
  return listenLocally((request, response) => {
    if (!serveWhepPage(request, response)) others(request, response);
  });
}

/** What the browser received of one track. */
export interface SeenTrack {
  packetsReceived: number;
  packetsLost: number;
  framesDecoded: number;
  framesDropped: number;
  keyFramesDecoded: number;
  freezeCount: number;
  totalAudioEnergy: number;
  totalSamplesReceived: number;
  concealedSamples: number;
  /** Wall clock at the sender of what plays now, milliseconds since 1900. */
  estimatedPlayoutTimestamp: number;
  bufferMs: number;
}

export interface Seen {
  state: string;
  width: number;
  /** From the wish to watch to the first picture, milliseconds; null before. */
  firstFrameMs: number | null;
  video: SeenTrack | null;
  audio: SeenTrack | null;
}

interface WhepWindow {
  watch(url: string, options: { token?: string; sound: boolean }): Promise<{ status: number; body: string }>;
  leave(token?: string): Promise<number>;
  seen(): Promise<Seen>;
}

/** Drives the page. */
export class WhepPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(origin: string): Promise<void> {
    await this.page.goto(`${origin}/whep.html`);
    await this.page.waitForFunction(() => "ready" in globalThis);
  }

  /** Offers to receive, and takes the answer. */
  async watch(
    url: string,
    options: { token?: string; sound: boolean },
  ): Promise<{ status: number; body: string }> {
    return await this.page.evaluate(
      ([address, how]) => (globalThis as unknown as WhepWindow).watch(address, how),
      [url, options] as const,
    );
  }

  /** Ends the session; answers the status of its DELETE. */
  async leave(token?: string): Promise<number> {
    return await this.page.evaluate((shown) => (globalThis as unknown as WhepWindow).leave(shown), token);
  }

  async seen(): Promise<Seen> {
    return await this.page.evaluate(() => (globalThis as unknown as WhepWindow).seen());
  }
}
