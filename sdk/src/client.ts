// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "@tickstream/chain-client";
import {
  bytesToHex,
  health,
  liveStreams,
  nodeInfo,
  streamDetail,
  type Health,
  type NodeInfo,
  type StreamDetail,
  type StreamSummary,
} from "@tickstream/contracts-types";
import { SdkError } from "./errors.ts";
import type { PaySocket, WebSocketLike } from "./payment/session/pay-socket.ts";
import type { SessionStore } from "./payment/session-store.ts";
import { createRest, type Rest } from "./rest.ts";

/** Some four seconds of a chain that is away: somebody waits to hear of it. */
const MAX_CHAIN_REFUSALS = 5;

export interface ClientOptions {
  /** The node's base URL, `https://node.example`; in a page that the node serves, `location.origin`. */
  node: string;
  /**
   * Where session key, tabs and channels are kept. Browsers need none given: IndexedDB is used. In Node, give
   * `createFileStore(folder)` of `@tickstream/sdk/node`; it stays yours to close.
   */
  store?: SessionStore | undefined;
  /** Where not the global ones are wanted. */
  fetch?: typeof fetch | undefined;
  createWebSocket?: ((url: string) => WebSocketLike) | undefined;
}

/** One node, as an app sees it. */
export interface TickstreamClient {
  /** Base URL, without a slash at the end. */
  readonly node: string;
  readonly rest: Rest;
  readonly fetch: typeof fetch;
  /** Who runs the node, on which chain, and what it asks. Asked once. */
  info(): Promise<NodeInfo>;
  /** Whether the node has its chain and its database now: without them it goes on with what it can. */
  health(signal?: AbortSignal): Promise<Health>;
  /** What is on air. */
  liveStreams(signal?: AbortSignal): Promise<StreamSummary[]>;
  /**
   * One stream, live or not.
   *
   * @throws SdkError with the node's code, `stream-unknown`
   */
  stream(id: string, signal?: AbortSignal): Promise<StreamDetail>;
  /** Absolute URL of a stream's playlist. */
  playlistUrl(stream: Pick<StreamSummary, "playback">): string;
  /** Absolute URL of a stream's WHEP endpoint; `null` where it does not come by WebRTC now. */
  whepUrl(stream: Pick<StreamSummary, "playback">): string | null;
  /** The store sessions use, opened at the first call. */
  store(): Promise<SessionStore>;
  /** A connection to the chain the node names, opened at the first call. */
  chain(): Promise<ChainClient>;
  /** A connection to the pay socket, shared by the client's sessions; closes with its last user. */
  takePaySocket(path: string): Promise<{ socket: PaySocket; release: () => void }>;
  /** Ends what the client opened. Sessions, players and readers are to be disposed before. */
  dispose(): Promise<void>;
}

/**
 * Talks to one media node.
 *
 * @example
 * const client = createClient({ node: "http://localhost:8080" });
 * for (const stream of await client.liveStreams()) console.log(stream.title, stream.rate);
 */
export function createClient(options: ClientOptions): TickstreamClient {
  const node = baseUrl(options.node);
  const fetchWith = options.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args));
  const rest = createRest(node, fetchWith);
  let info: Promise<NodeInfo> | null = null;
  let ownStore: Promise<SessionStore> | null = null;
  let shared: { path: string; socket: PaySocket; users: number } | null = null;
  let chain: Promise<ChainClient> | null = null;
  let disposed = false;

  async function openStore(): Promise<SessionStore> {
    if (globalThis.indexedDB === undefined) {
      throw new SdkError(
        "store-failed",
        "Outside a browser, give createClient a store: createFileStore(folder).",
      );
    }
    return (await import("./store/indexed-db.ts")).createIndexedDbStore();
  }

  async function openChain(): Promise<ChainClient> {
    const [{ createChainClient }, { chainUrl, genesisHash }] = await Promise.all([
      import("@tickstream/chain-client"),
      client.info(),
    ]);
    const opened = await createChainClient({ url: chainUrl, maxRefusals: MAX_CHAIN_REFUSALS });
    if (opened.genesisHash === bytesToHex(genesisHash)) return opened;
    await opened.disconnect();
    throw new SdkError("node-misbehaved", "The node names a chain that is not the one it sells on.");
  }

  const client: TickstreamClient = {
    node,
    rest,
    fetch: fetchWith,
    info() {
      info ??= rest.get("/api/node", nodeInfo).catch((error: unknown) => {
        info = null;
        throw error;
      });
      return info;
    },
    // A node that lacks something says so with a status that load balancers understand.
    health: (signal) => rest.get("/health", health, { signal, alsoStatus: 503 }),
    async liveStreams(signal) {
      return (await rest.get("/api/streams/live", liveStreams, { signal })).streams;
    },
    stream: (id, signal) => rest.get(`/api/streams/${encodeURIComponent(id)}`, streamDetail, { signal }),
    playlistUrl: ({ playback }) => new URL(playback.hls, node).href,
    whepUrl: ({ playback }) => (playback.whep === null ? null : new URL(playback.whep, node).href),
    store() {
      if (disposed) throw new SdkError("disposed", "The client was disposed.");
      if (options.store) return Promise.resolve(options.store);
      ownStore ??= openStore().catch((error: unknown) => {
        ownStore = null;
        throw error;
      });
      return ownStore;
    },
    chain() {
      if (disposed) throw new SdkError("disposed", "The client was disposed.");
      chain ??= openChain().catch((error: unknown) => {
        chain = null;
        throw error;
      });
      return chain;
    },
    async takePaySocket(path) {
      const { PaySocket } = await import("./payment/session/pay-socket.ts");
      if (disposed) throw new SdkError("disposed", "The client was disposed.");
      if (shared?.path !== path) {
        const url = new URL(path, node);
        url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        const socket = new PaySocket({ url: url.href, createWebSocket: options.createWebSocket });
        shared = { path, socket, users: 0 };
      }
      const taken = shared;
      taken.users++;
      let released = false;
      return {
        socket: taken.socket,
        release() {
          if (released) return;
          released = true;
          if (--taken.users > 0) return;
          taken.socket.close();
          if (shared === taken) shared = null;
        },
      };
    },
    async dispose() {
      disposed = true;
      shared?.socket.close();
      shared = null;
      await (await chain?.catch(() => null))?.disconnect();
      await (await ownStore?.catch(() => null))?.close();
    },
  };
  return client;
}

function baseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new SdkError("node-address-invalid", "The node's address is no URL.", { details: text, cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new SdkError("node-address-invalid", "The node's address begins with http:// or https://.", {
      details: text,
    });
  }
  return url.origin;
}
