// SPDX-License-Identifier: Apache-2.0
import { iceServers, type IceServers } from "@tickstream/contracts-types";
import { abortError, asError, SdkError } from "../errors.ts";
import { delay } from "../delay.ts";
import { Emitter } from "../events.ts";
import { applyEncoding, DEFAULT_ENCODING, type Encoding } from "./encoding.ts";
import { onNetworkChange } from "./network-change.ts";
import { openSource, type OpenSource } from "./open-source.ts";
import type { PublishConnection, PublishConnectionOptions, PublishVia } from "./publish-connection.ts";
import { isRetryable, PublishError } from "./publish-error.ts";
import { createStatsReader, type PublishStats } from "./publish-stats.ts";
import type {
  Publisher,
  PublisherEvents,
  PublisherOptions,
  PublisherState,
  PublishWay,
} from "./publisher.ts";

/** How long media may take to flow after offer and answer. */
const CONNECT_MS = 15_000;
/** A connection that is "disconnected" often comes back by itself within this; then new paths are looked for. */
const PATIENCE_MS = 2_000;
/** How long an ICE restart may take before everything is made anew. */
const RESTART_MS = 8_000;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** How long a lost stream is tried to be brought back. */
const GIVE_UP_MS = 5 * 60_000;
const STATS_MS = 1_000;

const VIA: Record<PublishWay, () => Promise<PublishVia>> = {
  signal: async () => (await import("./connect-signal.ts")).connectSignal,
  whip: async () => (await import("./connect-whip.ts")).connectWhip,
};

/**
 * Publishes camera, screen, both or any tracks from this browser; resolves when media flows. A lost connection is made
 * again by itself as the same stream.
 *
 * @example
 * const publisher = await createPublisher({
 *   client, stream: stream.id, streamKey, source: { camera: true, microphone: true },
 * });
 * publisher.on("stats", ({ videoBitrate }) => console.log(videoBitrate));
 * @throws {@link PublishError}; SdkError `aborted`, or with the node's code
 */
export async function createPublisher(options: PublisherOptions): Promise<Publisher> {
  if (globalThis.RTCPeerConnection === undefined) {
    throw new PublishError("capture-unavailable", "This browser has no WebRTC.");
  }
  const source = await openSource(options.source);
  const publisher = new BrowserPublisher(options, source);
  try {
    await publisher.start();
    return publisher;
  } catch (error) {
    await publisher.stop();
    throw error;
  }
}

class BrowserPublisher extends Emitter<PublisherEvents> implements Publisher {
  readonly #options: PublisherOptions;
  readonly #source: OpenSource;
  readonly #stopping = new AbortController();
  /** In the order in which they are tried. */
  #ways: readonly PublishWay[];
  #state: PublisherState = { name: "connecting" };
  #connection: PublishConnection | null = null;
  #readStats: (() => Promise<PublishStats>) | null = null;
  #video: MediaStreamTrack | null;
  #audio: MediaStreamTrack | null;
  #encoding: Encoding;
  #muted = false;
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #offNetwork: (() => void) | undefined;
  #recovering = false;

  constructor(options: PublisherOptions, source: OpenSource) {
    super();
    this.#options = options;
    this.#source = source;
    this.#ways = options.via === undefined ? ["signal", "whip"] : [options.via];
    this.#video = source.video;
    this.#audio = source.audio;
    this.#encoding = { ...DEFAULT_ENCODING, ...options.encoding };
    this.#watch(this.#video);
    this.#watch(this.#audio);
  }

  get state(): PublisherState {
    return this.#state;
  }
  get via(): PublishWay {
    return this.#ways[0]!;
  }
  get encoding(): Readonly<Encoding> {
    return this.#encoding;
  }
  get muted(): boolean {
    return this.#muted;
  }

  async start(): Promise<void> {
    const { signal } = this.#options;
    if (signal?.aborted) throw abortError(signal);
    const onAbort = () => {
      this.#stopping.abort(signal && abortError(signal));
      void this.stop();
    };
    signal?.addEventListener("abort", onAbort, { once: true, signal: this.#stopping.signal });
    await this.#connect();
    this.#offNetwork = onNetworkChange(() => void this.#restartIce());
    this.#statsTimer = setInterval(() => void this.#announceStats(), STATS_MS);
  }

  async replaceVideo(track: MediaStreamTrack): Promise<void> {
    this.#video = await this.#replace(this.#video, track);
  }

  async replaceAudio(track: MediaStreamTrack): Promise<void> {
    track.enabled = !this.#muted;
    this.#audio = await this.#replace(this.#audio, track);
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#audio) this.#audio.enabled = !muted;
  }

  async setEncoding(change: Partial<Encoding>): Promise<void> {
    this.#encoding = { ...this.#encoding, ...change };
    if (this.#connection) await applyEncoding(this.#connection.peer, this.#encoding);
  }

  async stats(): Promise<PublishStats | null> {
    return this.#state.name === "live" ? ((await this.#readStats?.()) ?? null) : null;
  }

  async stop(): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort(new SdkError("disposed", "The publisher was stopped."));
    }
    clearInterval(this.#statsTimer);
    clearTimeout(this.#patience);
    this.#offNetwork?.();
    this.#unwatch(this.#video);
    this.#unwatch(this.#audio);
    await this.#disconnect();
    await this.#source.release();
    if (this.#state.name !== "failed") this.#setState({ name: "stopped" });
    this.clear();
  }

  /** One attempt, from nothing to flowing media. */
  async #connect(): Promise<void> {
    const { client, stream } = this.#options;
    const stopping = this.#stopping.signal;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(CONNECT_MS)]);
    const tracks = [this.#video, this.#audio].filter((track) => track !== null);
    let connection: PublishConnection | null = null;
    try {
      const ice = await client.rest.get("/api/ice-servers", iceServers, { signal });
      const ended = Promise.withResolvers<never>();
      // Rejected while nobody waits for it any more, it is told by `recover`.
      ended.promise.catch(() => undefined);
      connection = await this.#exchange({
        client,
        stream,
        credential: this.#options,
        tracks,
        signal,
        iceServers: ice.iceServers.map(toIceServer),
        onEnded: (error) => {
          ended.reject(error);
          if (connection !== null && connection === this.#connection) void this.#recover(error);
        },
      });
      await Promise.race([untilConnected(connection.peer, signal), ended.promise]);
      await applyEncoding(connection.peer, this.#encoding);
    } catch (cause) {
      await connection?.close();
      if (stopping.aborted) throw abortError(stopping);
      if (!signal.aborted) throw cause;
      throw new PublishError("publish-unreachable", "No media gets through to the node.", {
        retryable: true,
        cause,
      });
    }
    if (stopping.aborted) {
      await connection.close();
      throw abortError(stopping);
    }
    this.#connection = connection;
    this.#readStats = createStatsReader(connection.peer);
    this.#follow(connection);
    this.#setState({ name: "live" });
  }

  /** Offer and answer, by the way that worked last; by another where that one is closed to this network. */
  async #exchange(options: PublishConnectionOptions): Promise<PublishConnection> {
    let failure: unknown;
    for (const way of this.#ways) {
      try {
        const connect = await VIA[way]();
        const connection = await connect(options);
        this.#ways = [way, ...this.#ways.filter((other) => other !== way)];
        return connection;
      } catch (error) {
        failure = error;
        if (options.signal.aborted || !isRetryable(error)) break;
      }
    }
    throw failure;
  }

  /** Mends a connection that wavers. */
  #follow(connection: PublishConnection): void {
    const { peer } = connection;
    peer.addEventListener("connectionstatechange", () => {
      if (connection !== this.#connection) return;
      if (peer.connectionState === "connected") clearTimeout(this.#patience);
      if (peer.connectionState !== "disconnected") return;
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => void this.#restartIce(), PATIENCE_MS);
    });
  }

  /** Looks for new paths; where that does not help in time, makes everything anew. */
  async #restartIce(): Promise<void> {
    const connection = this.#connection;
    if (!connection || this.#recovering || this.#state.name !== "live") return;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(RESTART_MS)]);
    try {
      await connection.restartIce();
      await untilConnected(connection.peer, signal);
    } catch (cause) {
      if (this.#stopping.signal.aborted || connection !== this.#connection) return;
      const error =
        cause instanceof SdkError
          ? cause
          : new PublishError("publish-lost", "The connection to the node was lost.", {
              retryable: true,
              cause: asError(cause),
            });
      await this.#recover(error);
    }
  }

  /** Makes the connection again, until it stands, the node refuses, or it has been long enough. */
  async #recover(reason: SdkError): Promise<void> {
    if (this.#recovering || this.#stopping.signal.aborted) return;
    this.#recovering = true;
    const giveUpAt = Date.now() + GIVE_UP_MS;
    let error = reason;
    await this.#disconnect();
    try {
      for (let attempt = 0; ; attempt++) {
        this.emit("error", error);
        if (!canReturn(error) || Date.now() > giveUpAt) break;
        this.#setState({ name: "reconnecting", error });
        await delay(BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 0, this.#stopping.signal);
        try {
          await this.#connect();
          return;
        } catch (cause) {
          if (this.#stopping.signal.aborted) return;
          error =
            cause instanceof SdkError
              ? cause
              : new SdkError("publish-lost", asError(cause).message, { cause });
        }
      }
      this.#setState({ name: "failed", error });
    } catch (cause) {
      if (!this.#stopping.signal.aborted) throw cause;
    } finally {
      this.#recovering = false;
    }
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#patience);
    const connection = this.#connection;
    this.#connection = null;
    this.#readStats = null;
    await connection?.close();
  }

  async #replace(old: MediaStreamTrack | null, track: MediaStreamTrack): Promise<MediaStreamTrack> {
    const sender = this.#connection?.peer.getSenders().find((one) => one.track?.kind === track.kind);
    if (this.#connection && !sender) {
      throw new PublishError(
        "capture-missing",
        `This broadcast began without ${track.kind}: start it again.`,
      );
    }
    await sender?.replaceTrack(track);
    this.#unwatch(old);
    this.#watch(track);
    if (this.#connection) await applyEncoding(this.#connection.peer, this.#encoding);
    return track;
  }

  #watch(track: MediaStreamTrack | null): void {
    track?.addEventListener("ended", this.#onTrackEnded);
  }

  #unwatch(track: MediaStreamTrack | null): void {
    track?.removeEventListener("ended", this.#onTrackEnded);
  }

  readonly #onTrackEnded = (event: Event): void => {
    this.emit("source-ended", {
      kind: (event.target as MediaStreamTrack).kind === "audio" ? "audio" : "video",
    });
  };

  async #announceStats(): Promise<void> {
    // A connection that closes meanwhile has none; the next one is asked in a second.
    const stats = await this.stats().catch(() => null);
    if (stats) this.emit("stats", stats);
  }

  #setState(state: PublisherState): void {
    this.#state = state;
    this.emit("state", state);
  }
}

/** After a loss the node may still hold the session that was lost: "busy" passes. */
function canReturn(error: SdkError): boolean {
  return isRetryable(error) || error.code === "publish-busy";
}

function untilConnected(peer: RTCPeerConnection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (signal.aborted) finish(() => reject(abortError(signal)));
      else if (peer.connectionState === "connected") finish(resolve);
      else if (peer.connectionState === "closed" || peer.connectionState === "failed") {
        const lost = new PublishError("publish-unreachable", "No media gets through to the node.", {
          retryable: true,
        });
        finish(() => reject(lost));
      }
    };
    const finish = (settle: () => void) => {
      peer.removeEventListener("connectionstatechange", look);
      signal.removeEventListener("abort", look);
      settle();
    };
    peer.addEventListener("connectionstatechange", look);
    signal.addEventListener("abort", look);
    look();
  });
}

function toIceServer({ urls, username, credential }: IceServers["iceServers"][number]): RTCIceServer {
  return {
    urls,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}
