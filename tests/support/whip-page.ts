// SPDX-License-Identifier: Apache-2.0
// A browser's own WebRTC, its camera and its microphone (fake ones), published by plain WHIP: nothing of ours.
import type { Page } from "playwright-core";

/** Chromium with a camera and a microphone that need no permission, and with its addresses in its candidates. */
export const FAKE_CAMERA = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

export interface WhipPageOptions {
  url: string;
  token: string;
  /** Only this one is offered: `video/H264`, `video/VP9`, `video/AV1`, `video/VP8`. */
  codec: string;
  width?: number;
  height?: number;
}

/** What the page has after publishing began. */
interface WhipWindow {
  whip: { peer: RTCPeerConnection; session: string; etag: string; token: string; answer: string };
}

/** Publishes from a page that is open already. Resolves when the connection is there. */
export async function publishFromPage(page: Page, options: WhipPageOptions): Promise<{ answer: string }> {
  return page.evaluate(async ({ url, token, codec, width = 320, height = 240 }) => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width, height }, audio: true });
    const peer = new RTCPeerConnection();
    for (const track of stream.getTracks()) {
      const transceiver = peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
      if (track.kind !== "video") continue;
      const capabilities = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
      transceiver.setCodecPreferences(capabilities.filter(({ mimeType }) => mimeType === codec));
      const parameters = transceiver.sender.getParameters();
      parameters.degradationPreference = "maintain-resolution";
      await transceiver.sender.setParameters(parameters);
    }
    await peer.setLocalDescription();
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/sdp", authorization: `Bearer ${token}` },
      body: peer.localDescription?.sdp ?? "",
    });
    const answer = await response.text();
    if (response.status !== 201) throw new Error(`${response.status} ${answer}`);
    const session = new URL(response.headers.get("location") ?? "", url).href;
    const etag = response.headers.get("etag") ?? "";
    (globalThis as unknown as WhipWindow).whip = { peer, session, etag, token, answer };
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (peer.connectionState === "connected") resolve();
        if (peer.connectionState === "failed") reject(new Error("The connection failed."));
      };
      peer.addEventListener("connectionstatechange", look);
      look();
    });
    return { answer };
  }, options);
}

/** Restarts ICE by PATCH (RFC 9725 section 4.3.2). Resolves when the browser uses the new credentials. */
export async function restartIce(page: Page): Promise<{ status: number; etag: string }> {
  return page.evaluate(async () => {
    const { whip } = globalThis as unknown as WhipWindow;
    const { peer, session, token } = whip;
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
    const offer = peer.localDescription?.sdp ?? "";
    const line = (name: string, sdp: string): string =>
      new RegExp(`^a=${name}:.*$`, "m").exec(sdp)?.[0] ?? "";
    const response = await fetch(session, {
      method: "PATCH",
      headers: {
        "content-type": "application/trickle-ice-sdpfrag",
        authorization: `Bearer ${token}`,
        "if-match": "*",
      },
      body: [
        line("ice-ufrag", offer),
        line("ice-pwd", offer),
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        line("mid", offer),
        "",
      ].join("\r\n"),
    });
    const fragment = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${fragment}`);
    const answer = whip.answer
      .replaceAll(/^a=ice-ufrag:.*$/gm, line("ice-ufrag", fragment).trim())
      .replaceAll(/^a=ice-pwd:.*$/gm, line("ice-pwd", fragment).trim());
    whip.answer = answer;
    whip.etag = response.headers.get("etag") ?? "";
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    return { status: response.status, etag: whip.etag };
  });
}

/** Ends the session as WHIP has it. */
export async function stopPublishing(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { session, token, peer } = (globalThis as unknown as WhipWindow).whip;
    const response = await fetch(session, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    peer.close();
    return response.status;
  });
}

/** The picture and the sound that the browser sends. */
export async function sending(page: Page): Promise<Record<string, { packets: number; codec: string }>> {
  return page.evaluate(async () => {
    const { peer } = (globalThis as unknown as WhipWindow).whip;
    const report = await peer.getStats();
    const entries: [string, { packets: number; codec: string }][] = [];
    report.forEach((entry: Record<string, unknown>) => {
      if (entry["type"] !== "outbound-rtp") return;
      const codec = report.get(String(entry["codecId"])) as { mimeType?: string } | undefined;
      entries.push([
        String(entry["kind"]),
        { packets: Number(entry["packetsSent"]), codec: codec?.mimeType ?? "" },
      ]);
    });
    return Object.fromEntries(entries);
  });
}
