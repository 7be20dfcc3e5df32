// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import { delay } from "../../delay.ts";
import { RateWindow } from "../rate-window.ts";
import type { WhepConnection } from "./connect-whep.ts";
import { readInbound, type Inbound } from "./inbound-stats.ts";
import { LipSync } from "./lip-sync.ts";
import { WebRtcError } from "./whep-session.ts";

const LOOK_MS = 250;
const FIRST_FRAME_LOOK_MS = 40;
/** Without media for this long, the viewer is told that it is waited for. */
const DRY_MS = 1_500;
/** Without media for this long although there is some, or nobody can tell, the connection is given up. */
const GIVE_UP_MS = 6_000;
/** How far the live edge must have moved meanwhile for it to be the connection's fault. */
const GIVE_UP_EPOCHS = 2;
/** A connection that lost its path finds another by itself within this long, or ICE is restarted. */
const MEND_AFTER_MS = 1_500;
/** More lost than this, over the last seconds, is no way to watch. */
const MAX_LOSS = 0.15;
const LOSS_WINDOW_MS = 5_000;
const MIN_LOSS_PACKETS = 200;

export interface WatchedConnectionOptions {
  connection: WhepConnection;
  /** The newest epoch there is; `null` in a free stream. */
  edge: () => Epoch | null;
  /** Media comes again after {@link dry}. */
  flows: () => void;
  /** No media comes. */
  dry: () => void;
  /** It is not worth waiting for any longer. */
  failed: (error: WebRtcError) => void;
}

/** A connection that is looked after: notices when media stays away or comes in tatters, mends what can be mended. */
export class WatchedConnection {
  readonly connection: WhepConnection;
  readonly #options: WatchedConnectionOptions;
  readonly #stop = new AbortController();
  readonly #rate = new RateWindow();
  readonly #lipSync: LipSync;
  readonly #changes = new EventTarget();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #mendTimer: ReturnType<typeof setTimeout> | undefined;
  #history: Inbound[] = [];
  #flowed: { at: number; packets: number; edge: Epoch | null };
  #isDry = false;
  #mending = false;
  #watching = false;

  constructor(options: WatchedConnectionOptions) {
    this.#options = options;
    this.connection = options.connection;
    this.#lipSync = new LipSync((ms) => options.connection.holdPicture(ms));
    this.#flowed = { at: performance.now(), packets: 0, edge: options.edge() };
  }

  get inbound(): Inbound | null {
    return this.#history.at(-1) ?? null;
  }

  /** Bits a second. */
  get bitrate(): number | null {
    return this.#rate.perSecond;
  }

  /** From the node to the screen: half a round trip, and what reordering, waiting and decoding take. */
  get latencyMs(): number | null {
    const newest = this.#history.at(-1);
    const oldest = this.#history[0];
    if (!newest || !oldest) return null;
    const frames = newest.framesDecoded - oldest.framesDecoded;
    if (frames <= 0) return null;
    const seconds = newest.processingSeconds - oldest.processingSeconds;
    return Math.round((newest.roundTripMs ?? 0) / 2 + (seconds / frames) * 1_000);
  }

  read(): Promise<Inbound> {
    return readInbound(this.connection.peer);
  }

  /** Rejects with the signal's reason. */
  async connected(signal: AbortSignal): Promise<void> {
    const { peer } = this.connection;
    while (peer.connectionState !== "connected") {
      if (peer.connectionState === "failed") throw unreachable();
      await nextChange(this.#changes, signal);
    }
  }

  /** Resolves with the first picture, or the first sound where no picture comes; then it is looked after. */
  async firstFrame(signal: AbortSignal): Promise<void> {
    for (;;) {
      const inbound = await this.read();
      if (this.connection.hasVideo ? inbound.framesDecoded > 0 : inbound.packets > 0) break;
      try {
        await delay(FIRST_FRAME_LOOK_MS, signal);
      } catch (error) {
        if (error instanceof DOMException && error.name === "TimeoutError") {
          throw new WebRtcError("webrtc-interrupted", "No picture came in time.");
        }
        throw error;
      }
    }
    this.#watching = true;
    this.#look();
  }

  stateChanged(state: RTCPeerConnectionState): void {
    this.#changes.dispatchEvent(new Event("change"));
    clearTimeout(this.#mendTimer);
    if (!this.#watching) return;
    if (state === "failed") this.mend();
    else if (state === "disconnected") this.#mendTimer = setTimeout(() => this.mend(), MEND_AFTER_MS);
  }

  /** The other side is gone. */
  ended(): void {
    if (this.#watching) this.#fail(unreachable());
  }

  /** Looks for another path: the network changed, or the one there was is gone. */
  mend(): void {
    if (this.#mending || !this.#watching || this.#stop.signal.aborted) return;
    this.#mending = true;
    this.connection
      .restartIce()
      .catch(() => {
        const { connectionState } = this.connection.peer;
        if (connectionState !== "connected") this.#fail(unreachable());
      })
      .finally(() => {
        this.#mending = false;
      });
  }

  close(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#mendTimer);
    this.connection.close();
  }

  #fail(error: WebRtcError): void {
    if (this.#stop.signal.aborted) return;
    this.close();
    this.#options.failed(error);
  }

  #look(): void {
    this.read()
      .then((inbound) => this.#judge(inbound))
      .catch(() => undefined) // statistics of a connection that was closed meanwhile
      .finally(() => {
        if (!this.#stop.signal.aborted) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
      });
  }

  #judge(inbound: Inbound): void {
    if (this.#stop.signal.aborted) return;
    const before = this.inbound;
    if (before) this.#rate.add((inbound.bytes - before.bytes) * 8, (inbound.at - before.at) / 1_000);
    this.#lipSync.follow(inbound.pictureAheadMs);
    this.#history.push(inbound);
    this.#history = this.#history.filter(({ at }) => inbound.at - at <= LOSS_WINDOW_MS);
    const edge = this.#options.edge();
    if (inbound.packets > this.#flowed.packets) {
      this.#flowed = { at: inbound.at, packets: inbound.packets, edge };
      if (this.#isDry) {
        this.#isDry = false;
        this.#options.flows();
      }
      this.#judgeLoss(inbound);
      return;
    }
    const dryMs = inbound.at - this.#flowed.at;
    if (dryMs > DRY_MS && !this.#isDry) {
      this.#isDry = true;
      this.#options.dry();
    }
    // A broadcaster that is gone is waited for, as long as it can be told from a connection that is.
    const missed = edge === null ? GIVE_UP_EPOCHS : edge - (this.#flowed.edge ?? edge);
    if (dryMs > GIVE_UP_MS && missed >= GIVE_UP_EPOCHS) {
      this.#fail(new WebRtcError("webrtc-interrupted", "No media comes through WebRTC any more."));
    }
  }

  #judgeLoss(newest: Inbound): void {
    const oldest = this.#history[0]!;
    const received = newest.packets - oldest.packets;
    const lost = newest.packetsLost - oldest.packetsLost;
    if (received + lost < MIN_LOSS_PACKETS || lost / (received + lost) <= MAX_LOSS) return;
    this.#fail(new WebRtcError("webrtc-interrupted", "The network loses too much for WebRTC."));
  }
}

function unreachable(): WebRtcError {
  return new WebRtcError("webrtc-unreachable", "No media gets through to this device.");
}

function nextChange(changes: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      changes.removeEventListener("change", onChange);
      reject(signal.reason as Error);
    };
    const onChange = () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    changes.addEventListener("change", onChange, { once: true });
  });
}
