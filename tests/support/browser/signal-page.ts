// SPDX-License-Identifier: Apache-2.0
// A browser's camera and microphone (fake ones), published by simple-peer through a signaling socket: nothing of ours.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { listenLocally, type LocalServer } from "../system/local-server.ts";
import { inRepository } from "../system/repository.ts";

/** A page with simple-peer in it, of a site of its own. */
export async function serveSignalPage(): Promise<LocalServer> {
  const script = await readFile(inRepository("node_modules/simple-peer/simplepeer.min.js"));
  return listenLocally((request, response) => {
    const type = request.url === "/simplepeer.js" ? "text/javascript" : "text/html";
    response.writeHead(200, { "content-type": type });
    response.end(
      type === "text/javascript" ? script : '<!doctype html><script src="/simplepeer.js"></script>',
    );
  });
}

/** simple-peer by as much as is used; `_pc`, `offerOptions` and `negotiate` are its insides. */
interface SimplePeer {
  _pc: RTCPeerConnection;
  offerOptions: RTCOfferOptions;
  negotiate(): void;
  signal(data: object): void;
  on(
    event: string,
    listener: (data: { type?: string; sdp?: string; candidate?: RTCIceCandidateInit }) => void,
  ): void;
  destroy(): void;
}

interface SignalWindow {
  SimplePeer: new (options: object) => SimplePeer;
  publishing: {
    peer: SimplePeer;
    socket: WebSocket | null;
    connection: string;
    stream: string;
    /** Everything that the server said. */
    heard: { type: string; [field: string]: unknown }[];
  };
}

/** Where and how a page publishes. */
export interface SignalPublishing {
  /** `ws://…/signal` */
  url: string;
  stream: string;
  credential?: object;
}

/** Opens the page, and its camera and microphone. */
export async function openSignalPage(page: Page, origin: string, stream: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.evaluate(async (stream) => {
    const { SimplePeer } = globalThis as unknown as SignalWindow;
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: 320, height: 240 },
      audio: true,
    });
    const peer = new SimplePeer({
      initiator: true,
      trickle: true,
      stream: media,
      config: { iceServers: [] },
    });
    const unsent: object[] = [];
    const publishing = {
      peer,
      socket: null as WebSocket | null,
      connection: crypto.randomUUID(),
      stream,
      heard: [],
      unsent,
    };
    (globalThis as unknown as SignalWindow).publishing = publishing;
    const send = (message: object): void => {
      const full = { ...message, stream, connection: publishing.connection };
      if (publishing.socket) publishing.socket.send(JSON.stringify(full));
      else unsent.push(full);
    };
    peer.on("signal", ({ type, sdp, candidate }) => {
      if (type === "offer") send({ type: "offer", sdp });
      if (type === "candidate") {
        send({ type: "ice-candidate", candidate: candidate?.candidate ?? "", mid: candidate?.sdpMid ?? "" });
      }
    });
  }, stream);
}

/** Joins the stream's room, and lets the offers that wait leave. Resolves with the answer to the join. */
export async function joinRoom(
  page: Page,
  options: SignalPublishing,
): Promise<{ type: string; code?: string }> {
  return page.evaluate(async ({ url, stream, credential }) => {
    const publishing = (globalThis as unknown as SignalWindow).publishing as SignalWindow["publishing"] & {
      unsent: object[];
    };
    const socket = new WebSocket(url);
    const joined = Promise.withResolvers<{ type: string; code?: string }>();
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as { type: string; sdp?: string };
      publishing.heard.push(message);
      if (message.type === "welcome") {
        const role = "publisher";
        socket.send(JSON.stringify({ type: "join-stream", stream, role, credential }));
      } else if (message.type === "joined") {
        publishing.socket = socket;
        for (const waiting of publishing.unsent.splice(0)) socket.send(JSON.stringify(waiting));
        joined.resolve(message);
      } else if (message.type === "error") {
        joined.resolve(message);
      } else if (message.type === "answer") {
        publishing.peer.signal({ type: "answer", sdp: message.sdp });
      }
    });
    socket.addEventListener("close", () => {
      if (publishing.socket === socket) publishing.socket = null;
      joined.reject(new Error("the socket was closed"));
    });
    return joined.promise;
  }, options);
}

/** Closes the socket, not the connection. */
export async function leaveSocket(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { socket } = (globalThis as unknown as SignalWindow).publishing;
    if (!socket) return;
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.close();
    await closed;
  });
}

/** Offers the same connection again, with new ICE credentials. */
export async function offerAgain(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { peer } = (globalThis as unknown as SignalWindow).publishing;
    peer.offerOptions = { iceRestart: true };
    peer.negotiate();
  });
}

/** Says that the connection is over, and ends it. */
export async function endPublishing(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { peer, socket, stream, connection } = (globalThis as unknown as SignalWindow).publishing;
    socket?.send(JSON.stringify({ type: "connection-state", stream, connection, state: "closed" }));
    peer.destroy();
  });
}

/** How the page's connection stands. */
export async function publishingState(
  page: Page,
): Promise<{ state: string; localUfrag: string; frames: number; heard: { type: string }[] }> {
  return page.evaluate(async () => {
    const { peer, heard } = (globalThis as unknown as SignalWindow).publishing;
    let frames = 0;
    (await peer._pc.getStats()).forEach((entry: { type: string; framesSent?: number }) => {
      if (entry.type === "outbound-rtp") frames += entry.framesSent ?? 0;
    });
    const localUfrag = /a=ice-ufrag:(\S+)/.exec(peer._pc.currentLocalDescription?.sdp ?? "")?.[1] ?? "";
    return { state: peer._pc.connectionState, localUfrag, frames, heard };
  });
}
