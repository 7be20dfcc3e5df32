// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";

interface WithPeers {
  peers: RTCPeerConnection[];
}

/** Notes every WebRTC connection that the page makes, from its next load on. */
export async function keepPeers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const scope = globalThis as unknown as WithPeers;
    scope.peers = [];
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        scope.peers.push(this);
      }
    };
  });
}

/** Keyframes that the page's newest connection has decoded. */
export function keyframesDecoded(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const newest = (globalThis as unknown as WithPeers).peers.at(-1);
    const reports = [...((await newest?.getStats())?.values() ?? [])];
    const pictures = reports.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
    return Number(pictures?.keyFramesDecoded ?? 0);
  });
}
