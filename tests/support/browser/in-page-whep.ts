// SPDX-License-Identifier: Apache-2.0
// A WHEP endpoint inside the page under test, by the browser's own WebRTC: it can do what a node does only by accident, as
// staying silent, refusing, closing, and restarting ICE. Bundled into the page, reached through the player's `fetch`.
import { restartedAnswer, writeFragment } from "../../../sdk/src/publisher/sdp-fragment.ts";

/** What the endpoint does instead of serving. */
type Mood = "serves" | "refuses" | "silent";

/** The endpoint, and what was asked of it. */
export interface InPageWhep {
  fetch: typeof fetch;
  mood: Mood;
  readonly calls: { method: string; authorization: string | null; restart: boolean }[];
  /** Media stops, the connection stays. */
  mute(): void;
  /** The connection ends. */
  hangUp(): void;
}

export function createInPageWhep(endpoint: string): InPageWhep {
  const calls: InPageWhep["calls"] = [];
  let peer: RTCPeerConnection | null = null;
  let offer = "";
  let painting: ReturnType<typeof setInterval> | undefined;

  /** A moving picture, so that frames are sent. */
  function picture(): MediaStream {
    const canvas = document.createElement("canvas");
    canvas.width = 320;
    canvas.height = 180;
    const context = canvas.getContext("2d")!;
    let frame = 0;
    painting = setInterval(() => {
      context.fillStyle = `hsl(${frame++ * 7} 80% 50%)`;
      context.fillRect(0, 0, 320, 180);
      context.fillStyle = "black";
      context.fillText(String(frame), 20 + (frame % 200), 90);
    }, 33);
    return canvas.captureStream(30);
  }

  async function gathered(one: RTCPeerConnection): Promise<string> {
    while (one.iceGatheringState !== "complete") {
      await new Promise((resolve) =>
        one.addEventListener("icegatheringstatechange", resolve, { once: true }),
      );
    }
    return one.localDescription!.sdp;
  }

  async function answer(sdp: string): Promise<string> {
    offer = sdp;
    await peer!.setRemoteDescription({ type: "offer", sdp });
    await peer!.setLocalDescription(await peer!.createAnswer());
    return gathered(peer!);
  }

  async function patch(fragment: string): Promise<Response> {
    const ufrag = /^a=ice-ufrag:(\S+)/m.exec(fragment)?.[1];
    if (ufrag !== /^a=ice-ufrag:(\S+)/m.exec(offer)?.[1]) {
      calls.at(-1)!.restart = true;
      const restarted = await answer(restartedAnswer(offer, fragment)!);
      const candidates = [...restarted.matchAll(/^a=(candidate:\S.*?)\r?$/gm)].map((match) => match[1]!);
      return new Response(writeFragment(restarted, candidates, { last: true }), {
        status: 200,
        headers: { etag: '"2"' },
      });
    }
    const sdpMid = /^a=mid:(\S+)/m.exec(fragment)?.[1] ?? "0";
    for (const match of fragment.matchAll(/^a=(candidate:\S.*?)\r?$/gm)) {
      await peer!.addIceCandidate({ candidate: match[1]!, sdpMid });
    }
    return new Response(null, { status: 204 });
  }

  const whep: InPageWhep = {
    mood: "serves",
    calls,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { url, method } = request;
      if (!url.startsWith(endpoint)) return fetch(input, init);
      const authorization = request.headers.get("authorization");
      calls.push({ method, authorization, restart: false });
      if (whep.mood === "silent") {
        return new Promise<never>((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(init.signal!.reason));
        });
      }
      if (whep.mood === "refuses") return new Response("{}", { status: 406 });
      if (method === "PATCH") return patch(await request.text());
      if (method === "DELETE") {
        whep.hangUp();
        return new Response(null, { status: 200 });
      }
      whep.hangUp();
      peer = new RTCPeerConnection();
      const stream = picture();
      for (const track of stream.getTracks()) peer.addTrack(track, stream);
      return new Response(await answer(await request.text()), {
        status: 201,
        headers: { location: `${endpoint}/session`, etag: '"1"', "content-type": "application/sdp" },
      });
    },
    mute() {
      clearInterval(painting);
      for (const { track } of peer?.getSenders() ?? []) track?.stop();
    },
    hangUp() {
      clearInterval(painting);
      peer?.close();
      peer = null;
    },
  };
  return whep;
}
