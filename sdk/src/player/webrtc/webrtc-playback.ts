// SPDX-License-Identifier: Apache-2.0
import { iceServers as iceServersSchema, parseApiBody } from "@tickstream/contracts-types";
import { delay } from "../../delay.ts";
import { asError, SdkError } from "../../errors.ts";
import { fetchText } from "../../media/fetch-bytes.ts";
import type { WebRtcTicket } from "../../payment/session/pay-session.ts";
import type { Playback, PlaybackHost, PlaybackSource, PlaybackStats } from "../playback.ts";
import type { PlayerSession } from "../player.ts";
import { ArrivalPayer } from "./arrival-payer.ts";
import { connectWhep, type WhepConnection } from "./connect-whep.ts";
import { PlaylistFollower } from "./playlist-follower.ts";
import { WatchedConnection } from "./watched-connection.ts";
import { WebRtcError } from "./whep-session.ts";

/** How long a connection may take before media can flow on it. */
const CONNECT_MS = 4_000;
/** How long the first picture may take after that: a source may send its next keyframe late. */
const FIRST_FRAME_MS = 4_000;
/** A ticket that was refused is shown again after this long: the channel may be on its way. */
const TICKET_AGAIN_MS = 300;
/** A lost connection is made anew at once, unless one was lost this shortly before. */
const MEND_APART_MS = 10_000;
/** Without an answer by then, the connection is made without servers that help through firewalls. */
const ICE_SERVERS_MS = 1_500;

export interface WebRtcPlaybackOptions {
  video: HTMLVideoElement;
  source: PlaybackSource;
  host: PlaybackHost;
  fetch?: typeof fetch | undefined;
}

/** Plays by WebRTC, over WHEP. */
export function createWebRtcPlayback(options: WebRtcPlaybackOptions): Playback {
  return new WebRtcPlayback(options);
}

class WebRtcPlayback implements Playback {
  readonly transport = "webrtc";
  readonly needsElement = false;
  readonly #video: HTMLVideoElement;
  readonly #host: PlaybackHost;
  readonly #endpoint: string;
  readonly #session: PlayerSession | null;
  readonly #fetch: typeof fetch;
  /** Ends what `start()` began. */
  #run = new AbortController();
  #connection: WatchedConnection | null = null;
  #payer: ArrivalPayer | null = null;
  /** What is in the element; the last picture stays there when its connection ends. */
  #shown: MediaStream | null = null;
  /** Channels whose ticks let media through. */
  readonly #channels = new Set<string>();
  #mendedAt = Number.NEGATIVE_INFINITY;

  constructor({ video, source, host, fetch }: WebRtcPlaybackOptions) {
    if (source.whepUrl === null) throw new WebRtcError("webrtc-unfit", "The node offers no WebRTC.");
    this.#video = video;
    this.#host = host;
    this.#endpoint = source.whepUrl;
    this.#session = source.session;
    this.#fetch = fetch ?? ((...args: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...args));
  }

  get latencyMs(): number | null {
    return this.#connection?.latencyMs ?? null;
  }

  get isStarved(): boolean {
    return this.#payer?.isStarved ?? false;
  }

  /** What comes shows at once. */
  get aheadSeconds(): number {
    return 0;
  }

  start(): void {
    this.stop();
    const run = (this.#run = new AbortController());
    const { signal } = run;
    this.#pay(signal);
    this.#connect(signal).catch((error: unknown) => {
      if (signal.aborted) return;
      run.abort();
      this.#fail(error);
    });
  }

  stop(): void {
    this.#run.abort();
    this.#connection = null;
    this.#payer = null;
  }

  show(): void {
    const stream = this.#connection?.connection.stream;
    if (stream === undefined || this.#shown === stream) return;
    this.#shown = stream;
    this.#video.srcObject = stream;
  }

  /** It is never anywhere else. */
  goLive(): void {}

  /** It has no buffer to make larger: the player goes over to another way instead. */
  setLatency(): void {}

  /** A connection belongs to its channel. */
  useSession(): boolean {
    return false;
  }

  networkChanged(): void {
    this.#connection?.mend();
  }

  async stats(): Promise<PlaybackStats> {
    const { latencyMs = null, bitrate = null, inbound = null } = this.#connection ?? {};
    return {
      transport: "webrtc",
      latencyMs,
      bufferMs: 0,
      bitrate,
      videoCodec: inbound?.videoCodec ?? null,
      audioCodec: inbound?.audioCodec ?? null,
      epoch: this.#payer?.newest ?? null,
      packetsLost: inbound?.packetsLost ?? null,
      roundTripMs: inbound?.roundTripMs ?? null,
    };
  }

  dispose(): void {
    this.stop();
    if (this.#shown !== null && this.#video.srcObject === this.#shown) this.#video.srcObject = null;
  }

  #pay(signal: AbortSignal): void {
    const session = this.#session;
    if (session === null) return;
    const host = this.#host;
    const follower = new PlaylistFollower({
      session,
      fetch: this.#fetch,
      failed: (error) => host.disturbed(error),
    });
    const payer = new ArrivalPayer(session, {
      packets: async () => (await this.#connection?.read())?.packets ?? 0,
      begins: () => this.#checkChannel(),
      starved: () => host.starved(),
      error: (error) => host.disturbed(error),
    });
    this.#payer = payer;
    const offTicket = session.on("ticket", (ticket) => this.#authorize(ticket));
    signal.addEventListener("abort", () => {
      offTicket();
      follower.stop();
      payer.stop();
    });
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new WebRtcError("webrtc-unreachable", "No connection for media came about in time."));
    }, CONNECT_MS);
    const attempt = AbortSignal.any([signal, deadline.signal]);
    try {
      const watched = await this.#connectOnce(attempt, signal);
      if (signal.aborted) return watched.close();
      this.#connection = watched;
      for (const ticket of this.#session?.tickets ?? []) this.#authorize(ticket);
      signal.addEventListener("abort", () => watched.close());
      await watched.connected(attempt);
      clearTimeout(timer);
      // Not before media can come: what is bought earlier passes by unseen.
      this.#payer?.start();
      await watched.firstFrame(AbortSignal.any([signal, AbortSignal.timeout(FIRST_FRAME_MS)]));
      if (!signal.aborted) this.#host.ready();
    } catch (error) {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Until the node takes the ticket, or time is up. */
  async #connectOnce(attempt: AbortSignal, signal: AbortSignal): Promise<WatchedConnection> {
    const iceServers = await this.#iceServers(attempt);
    for (;;) {
      const ticket = this.#session === null ? null : await ticketOf(this.#session, attempt);
      try {
        const connection = await connectWhep({
          endpoint: this.#endpoint,
          token: ticket?.token ?? null,
          iceServers,
          fetch: this.#fetch,
          signal: attempt,
          onState: (state) => this.#connection?.stateChanged(state),
          onEnded: () => this.#connection?.ended(),
        });
        this.#channels.clear();
        if (ticket) this.#channels.add(ticket.channel);
        return this.#watch(connection, signal);
      } catch (error) {
        const again = error instanceof WebRtcError && error.code === "webrtc-unpaid" && ticket !== null;
        if (!again || attempt.aborted) throw error;
        await delay(TICKET_AGAIN_MS, attempt);
      }
    }
  }

  #watch(connection: WhepConnection, signal: AbortSignal): WatchedConnection {
    return new WatchedConnection({
      connection,
      edge: () => this.#session?.edge ?? null,
      flows: () => this.#host.ready(),
      dry: () => this.#host.interrupted(),
      failed: (error) => {
        if (signal.aborted) return;
        if (error.code === "webrtc-unreachable" && this.#mayMend()) return this.#connectAnew();
        this.stop();
        this.#fail(error);
      },
    });
  }

  /** A channel took over whose ticket the node did not take: the session has to be made anew for it. */
  #checkChannel(): void {
    const [ticket] = this.#session?.tickets ?? [];
    if (this.#connection === null || !ticket || this.#channels.has(ticket.channel)) return;
    this.#connectAnew();
  }

  /** A connection that ends again and again is no way to watch. */
  #mayMend(): boolean {
    const now = performance.now();
    const may = now - this.#mendedAt > MEND_APART_MS;
    this.#mendedAt = now;
    return may;
  }

  /** The path is gone, and the node does not restart ICE: another session may find another. */
  #connectAnew(): void {
    this.#host.interrupted();
    this.start();
  }

  /** The next channel of the session pays from its first tick on. */
  #authorize({ channel, token }: WebRtcTicket): void {
    const { connection } = this.#connection ?? {};
    if (!connection || this.#channels.has(channel)) return;
    this.#channels.add(channel);
    connection.authorize(token).catch((error: unknown) => {
      this.#channels.delete(channel);
      this.#host.disturbed(toError(error));
    });
  }

  async #iceServers(signal: AbortSignal): Promise<RTCIceServer[]> {
    const url = new URL("/api/ice-servers", this.#endpoint).href;
    try {
      const text = await fetchText(url, { fetch: this.#fetch, signal, timeoutMs: ICE_SERVERS_MS });
      return parseApiBody(iceServersSchema, JSON.parse(text)).iceServers as RTCIceServer[];
    } catch (error) {
      if (signal.aborted) throw error;
      // Where the node is reached without help, none is needed; where it is not, connecting fails and says so.
      this.#host.disturbed(toError(error));
      return [];
    }
  }

  #fail(error: unknown): void {
    const known = toError(error);
    this.#host.failed(known, known instanceof WebRtcError && known.code === "webrtc-unfit");
  }
}

/** The ticket of the session's channel, as soon as there is one. */
async function ticketOf(session: PlayerSession, signal: AbortSignal): Promise<WebRtcTicket> {
  const [current] = session.tickets;
  if (current) return current;
  return new Promise((resolve, reject) => {
    const finish = () => {
      off();
      signal.removeEventListener("abort", onAbort);
    };
    const off = session.on("ticket", (ticket) => {
      finish();
      resolve(ticket);
    });
    const onAbort = () => {
      finish();
      reject(asError(signal.reason));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function toError(error: unknown): SdkError {
  return error instanceof SdkError
    ? error
    : new WebRtcError("webrtc-interrupted", "WebRTC does not work here.", { cause: asError(error) });
}
