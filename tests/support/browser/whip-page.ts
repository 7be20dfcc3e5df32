// SPDX-License-Identifier: Apache-2.0
// A browser's own WebRTC, its camera and its microphone (fake ones), published by plain WHIP: nothing of ours.
import type { Page } from "playwright-core";

/** Chromium with a camera and a microphone that need no permission, and with its addresses in its candidates. */
export const FAKE_CAMERA = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/** Where the browser is to send, instead of the node's own port. */
type Through = (node: { address: string; port: number }) => Promise<number>;

export interface WhipPageOptions {
  url: string;
  token: string;
  /** Only this one is offered: `video/H264`, `video/VP9`, `video/AV1`, `video/VP8`. */
  codec: string;
  /** The others are offered as well, behind it. */
  others?: boolean;
  width?: number;
  height?: number;
  /** Another port at the address of the node's first candidate, which is all that the browser is told. */
  through?: Through | undefined;
}

/** What the page has after publishing began. */
interface WhipWindow {
  whip: { peer: RTCPeerConnection; session: string; token: string; answer: string };
}

/** Publishes from a page that is open already. Resolves when the connection is there. */
export async function publishFromPage(page: Page, options: WhipPageOptions): Promise<void> {
  const { through, ...offered } = options;
  const answer = await page.evaluate(
    async ({ url, token, codec, others = false, width = 320, height = 240 }) => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width, height }, audio: true });
      const peer = new RTCPeerConnection();
      for (const track of stream.getTracks()) {
        const transceiver = peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
        if (track.kind !== "video") continue;
        const capabilities = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
        const [first, rest] = [true, false].map((isFirst) =>
          capabilities.filter(({ mimeType }) => (mimeType === codec) === isFirst),
        );
        const behind = rest?.filter(({ mimeType }) => others || mimeType === "video/rtx");
        transceiver.setCodecPreferences([...(first ?? []), ...(behind ?? [])]);
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
      const sdp = await response.text();
      if (response.status !== 201) throw new Error(`${response.status} ${sdp}`);
      const session = new URL(response.headers.get("location") ?? "", url).href;
      (globalThis as unknown as WhipWindow).whip = { peer, session, token, answer: sdp };
      return sdp;
    },
    offered,
  );
  await connect(page, await reroute(answer, through));
}

/** Restarts ICE by PATCH (RFC 9725 section 4.3.2), and goes another way from then on. */
export async function restartIce(page: Page, through?: Through): Promise<void> {
  const answer = await page.evaluate(async () => {
    const { peer, session, token, answer: before } = (globalThis as unknown as WhipWindow).whip;
    await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
    const offer = peer.localDescription?.sdp ?? "";
    const line = (name: string, sdp: string): string =>
      new RegExp(`^a=${name}:[^\r\n]*`, "m").exec(sdp)?.[0] ?? "";
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
    const candidates = fragment.match(/^a=candidate:[^\r\n]*/gm) ?? [];
    return before
      .replaceAll(/^a=candidate:.*\r\n/gm, "")
      .replaceAll("a=end-of-candidates", [...candidates, "a=end-of-candidates"].join("\r\n"))
      .replaceAll(/^a=ice-ufrag:[^\r\n]*/gm, line("ice-ufrag", fragment))
      .replaceAll(/^a=ice-pwd:[^\r\n]*/gm, line("ice-pwd", fragment));
  });
  await connect(page, await reroute(answer, through));
}

/** An answer with the first of its candidates only, at another port. */
async function reroute(answer: string, through: Through | undefined): Promise<string> {
  const found = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/m.exec(answer);
  if (through === undefined || found === null) return answer;
  const [line, address = "", port = ""] = found;
  const next = line.replace(` ${port} typ`, ` ${await through({ address, port: Number(port) })} typ`);
  return answer
    .split("\r\n")
    .flatMap((other) => (other === line ? [next] : other.startsWith("a=candidate:") ? [] : [other]))
    .join("\r\n");
}

/** Takes an answer, and waits until the connection is there. */
async function connect(page: Page, answer: string): Promise<void> {
  await page.evaluate(async (sdp) => {
    const { whip } = globalThis as unknown as WhipWindow;
    const { peer } = whip;
    whip.answer = sdp;
    await peer.setRemoteDescription({ type: "answer", sdp });
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (peer.connectionState === "connected") resolve();
        if (peer.connectionState === "failed") reject(new Error("The connection failed."));
      };
      peer.addEventListener("connectionstatechange", look);
      look();
    });
  }, answer);
}

/** Sends the picture in another size, as browsers do when their line gets slow. */
export async function shrinkPicture(page: Page, by: number): Promise<void> {
  await page.evaluate(async (factor) => {
    const { peer } = (globalThis as unknown as WhipWindow).whip;
    const sender = peer.getSenders().find(({ track }) => track?.kind === "video");
    const parameters = sender?.getParameters();
    for (const encoding of parameters?.encodings ?? []) encoding.scaleResolutionDownBy = factor;
    if (parameters !== undefined) await sender?.setParameters(parameters);
  }, by);
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

/** The codec that the browser sends its picture in. */
export async function codecSent(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const report = await (globalThis as unknown as WhipWindow).whip.peer.getStats();
    let codec = "";
    report.forEach((entry: Record<string, unknown>) => {
      if (entry["type"] !== "outbound-rtp" || entry["kind"] !== "video") return;
      codec = (report.get(String(entry["codecId"])) as { mimeType?: string } | undefined)?.mimeType ?? "";
    });
    return codec;
  });
}
