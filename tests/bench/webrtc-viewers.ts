// SPDX-License-Identifier: Apache-2.0
// Many viewers in a process of their own, which receive and decode nothing: over WebRTC (`whep`), or over LL-HLS as hls.js asks for it
// (`hls`). `node webrtc-viewers.ts whep|hls ORIGIN STREAM COUNT` prints `ready` when all of them are there, and ends with its standard
// input. Made for `bench:webrtc`.
import http from "node:http";
import { loadNodeDatachannel } from "@tickstream/media-node/streaming";

type Library = Awaited<ReturnType<typeof loadNodeDatachannel>>;
type Peer = InstanceType<Library["PeerConnection"]>;
type Track = InstanceType<Library["Track"]>;

const [, , kind = "", origin = "", stream = "", count = "0"] = process.argv;
const CONNECT_MS = 8_000;
const ATTEMPTS = 10;
/** Viewers that connect at the same time: more at once would only wait for each other. */
const AT_ONCE = 8;
const GOODBYE_MS = 500;
/** Playlists and parts come over connections that are kept, as in a browser. */
const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

const over = new AbortController();
const ends: (() => void)[] = [];

/** One viewer over WebRTC. As offerer the library fails now and then on loopback: it is tried again. */
async function watchByWebRtc(): Promise<void> {
  const { PeerConnection, RtcpReceivingSession, Video } = await loadNodeDatachannel();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const peer = new PeerConnection("viewer", { iceServers: [], disableAutoNegotiation: true });
    const section = new Video("0", "RecvOnly");
    section.addH264Codec(102, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f");
    const track = peer.addTrack(section);
    track.onClosed(() => {});
    // It answers with receiver reports; the packets themselves are left in the library, which lets go of them.
    track.setMediaHandler(new RtcpReceivingSession());
    const connects = connected(peer);
    if ((await offerTo(peer)) && (await connects)) {
      ends.push(() => close(peer, track));
      return;
    }
    close(peer, track);
  }
  throw new Error("a viewer could not connect");
}

function connected(peer: Peer): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_MS);
    peer.onStateChange((state) => {
      if (state !== "connected") return;
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function offerTo(peer: Peer): Promise<boolean> {
  const gathered = new Promise<void>((resolve) => {
    peer.onGatheringStateChange((state) => state === "complete" && resolve());
  });
  peer.setLocalDescription("offer");
  await gathered;
  const response = await fetch(`${origin}/whep/${stream}`, {
    method: "POST",
    // A connection that is kept may be closed by the server in the very moment of the next offer.
    headers: { "content-type": "application/sdp", connection: "close" },
    body: peer.localDescription()?.sdp ?? "",
  });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  const answer = await response.text();
  try {
    peer.setRemoteDescription(answer, "answer");
    return true;
  } catch {
    return false;
  }
}

function close(peer: Peer, track: Track): void {
  track.close();
  peer.close();
}

function get(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${origin}/live/${stream}/${path}`, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => {
        if (path.startsWith("index")) chunks.push(chunk);
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

/** One viewer over LL-HLS: it asks for the part that is hinted at and for the playlist that will list it, both held by the server. */
async function watchByHls(): Promise<void> {
  let playlist = await get("index.m3u8");
  const goOn = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(playlist)?.[1];
      const [, msn = "", part = ""] = /(\d+)\D+(\d+)/.exec(hint ?? "") ?? [];
      if (hint === undefined) throw new Error("a playlist without a hint");
      [, playlist] = await Promise.all([
        get(hint),
        get(`index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`),
      ]);
    }
  };
  goOn().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
}

const watch = kind === "hls" ? watchByHls : watchByWebRtc;
let left = Number(count);
const arrive = async (): Promise<void> => {
  while (left-- > 0) await watch();
};
await Promise.all(Array.from({ length: AT_ONCE }, arrive));
process.stdout.write("ready\n");
process.stdin.resume().once("end", () => {
  over.abort();
  for (const end of ends) end();
  agent.destroy();
  // The goodbyes are on their way; the library itself does not let go of the process.
  setTimeout(() => process.exit(), GOODBYE_MS);
});
