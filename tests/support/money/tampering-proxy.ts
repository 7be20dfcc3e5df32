// SPDX-License-Identifier: Apache-2.0
// A node that cheats, made of an honest one: it passes everything on, and changes or keeps back what a test tells it to.
import http from "node:http";
import {
  encodeMessage,
  type NodeMessage,
  parseNodeMessage,
  parseViewerMessage,
  type ViewerMessage,
} from "@tickstream/contracts-types";
import { WebSocket, WebSocketServer } from "ws";
import { listenLocally } from "../system/local-server.ts";

/** What the cheat does; each may be replaced at any time. */
export interface Cheat {
  /** What the viewer gets instead of a node's message: nothing, this one, others. */
  node?: (message: NodeMessage) => NodeMessage[];
  /** What the node gets instead of a viewer's message. */
  viewer?: (message: ViewerMessage) => ViewerMessage[];
  /** What the viewer gets instead of a playlist. */
  playlist?: (text: string) => string;
  /** What the viewer gets instead of a part or a segment. */
  media?: (bytes: Buffer) => Buffer;
  /** Which requests (by path) get no answer but a closed connection. */
  fails?: (path: string) => boolean;
}

/** A running proxy. */
export interface TamperingProxy {
  /** Where viewers find the cheating node: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly cheat: Cheat;
  /** What viewers sent, oldest first, before the cheat changed it. */
  readonly fromViewer: ViewerMessage[];
  /** What the honest node sent, before the cheat changed it. */
  readonly fromNode: NodeMessage[];
  /** Resolves once what passed satisfies `condition`; it is asked after every message. */
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
  /** Cuts every pay socket, without a word. */
  cut(): void;
  stop(): Promise<void>;
}

const MAX_MESSAGES = 100_000;

/** How the body of an answer is changed, if it is. */
function bodyChange(cheat: Cheat, url: string): ((body: Buffer) => Buffer) | undefined {
  const { playlist, media } = cheat;
  if (url.includes(".m3u8")) return playlist && ((body) => Buffer.from(playlist(body.toString())));
  return url.includes(".m4s") ? media : undefined;
}

/** Starts a proxy in front of the node at `target` (`http://…`). */
export async function startTamperingProxy(target: string, cheat: Cheat = {}): Promise<TamperingProxy> {
  const upstream = new URL(target);
  const fromViewer: ViewerMessage[] = [];
  const fromNode: NodeMessage[] = [];
  const listeners = new Set<() => void>();
  const sockets = new Set<WebSocket>();
  const note = <T>(list: T[], message: T): void => {
    if (list.length < MAX_MESSAGES) list.push(message);
    for (const listener of listeners) listener();
  };

  const server = http.createServer((request, response) => {
    if (cheat.fails?.(request.url ?? "") === true) return void response.destroy();
    const forward = http.request(
      {
        host: upstream.hostname,
        port: upstream.port,
        path: request.url,
        method: request.method,
        headers: { ...request.headers, host: upstream.host, "accept-encoding": "identity" },
      },
      (answer) => {
        const change = bodyChange(cheat, request.url ?? "");
        const status = answer.statusCode ?? 502;
        if (change === undefined || (status !== 200 && status !== 206)) {
          response.writeHead(status, answer.headers);
          answer.pipe(response);
          return;
        }
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const headers = { ...answer.headers };
          delete headers["content-length"];
          delete headers["transfer-encoding"];
          response.writeHead(status, headers);
          response.end(change(Buffer.concat(chunks)));
        });
      },
    );
    forward.on("error", () => response.destroy());
    response.on("close", () => forward.destroy());
    request.pipe(forward);
  });

  const pay = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    pay.handleUpgrade(request, socket, head, (viewer) => {
      const node = new WebSocket(`ws://${upstream.host}${request.url}`);
      const waiting: string[] = [];
      sockets.add(viewer).add(node);
      viewer.on("message", (data: Buffer) => {
        const message = parseViewerMessage(data);
        note(fromViewer, message);
        for (const changed of cheat.viewer?.(message) ?? [message]) {
          const frame = encodeMessage(changed);
          if (node.readyState === WebSocket.OPEN) node.send(frame);
          else waiting.push(frame);
        }
      });
      node.on("open", () => waiting.splice(0).forEach((frame) => node.send(frame)));
      node.on("message", (data: Buffer) => {
        const message = parseNodeMessage(data);
        note(fromNode, message);
        for (const changed of cheat.node?.(message) ?? [message]) viewer.send(encodeMessage(changed));
      });
      const end = (): void => {
        sockets.delete(viewer);
        sockets.delete(node);
        viewer.close();
        node.close();
      };
      for (const side of [viewer, node]) side.on("close", end).on("error", end);
    });
  });
  const local = await listenLocally(server);
  const cut = (): void => {
    for (const socket of sockets) socket.terminate();
  };

  return {
    url: local.origin,
    cheat,
    fromViewer,
    fromNode,
    cut,
    until: (condition, what, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!condition()) return;
          finish();
          resolve();
        };
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(look);
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`${what}: not within ${timeoutMs} ms`));
        }, timeoutMs);
        listeners.add(look);
        look();
      }),
    stop: async () => {
      cut();
      pay.close();
      await local.stop();
    },
  };
}
