// SPDX-License-Identifier: Apache-2.0
import type { Latency, Transport, TransportChoice } from "./player.ts";

/** After WebRTC failed it is tried again after this long, then after twice that, and so on. */
const RETRY_MS = 30_000;
const MAX_RETRY_MS = 300_000;
/** WebRTC that held this long counts as good again. */
const GOOD_AFTER_MS = 60_000;

/** Decides which way media should come: what the viewer chose, unless it failed lately or cannot be had. */
export class TransportPolicy {
  choice: TransportChoice;
  latency: Latency;
  /** Ways by which this source cannot be had at all. */
  readonly #barred = new Set<Transport>();
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #since: number | null = null;

  constructor(choice: TransportChoice, latency: Latency) {
    this.choice = choice;
    this.latency = latency;
  }

  /** @param canWebRtc whether the source has a WHEP endpoint, and the browser WebRTC */
  wanted(now: number, canWebRtc: boolean): Transport {
    if (!canWebRtc || this.#barred.has("webrtc")) return "hls";
    if (this.#barred.has("hls")) return "webrtc";
    return this.#asksForWebRtc && now >= this.#retryAt ? "webrtc" : "hls";
  }

  /** When {@link wanted} may change by itself; `null` where it does not. */
  nextChange(canWebRtc: boolean): number | null {
    const mayChange = this.#asksForWebRtc && canWebRtc && this.#barred.size === 0;
    return mayChange && Number.isFinite(this.#retryAt) ? this.#retryAt : null;
  }

  /** The viewer chose anew, or there is another source: what failed before may be tried again. */
  reset(): void {
    this.#barred.clear();
    this.offered();
  }

  /** The source can be had by WebRTC again, or otherwise than before: what failed with it says nothing of now. */
  offered(): void {
    this.#barred.delete("webrtc");
    this.#failures = 0;
    this.#retryAt = Number.NEGATIVE_INFINITY;
  }

  /** Media has come this way, and can be shown. */
  started(transport: Transport, now: number): void {
    if (transport === "webrtc") this.#since = now;
  }

  /** @param lasting whether there is no use in trying this way again */
  failed(transport: Transport, now: number, lasting: boolean): void {
    if (lasting) this.#barred.add(transport);
    if (transport === "hls") return;
    if (this.#since !== null && now - this.#since > GOOD_AFTER_MS) this.#failures = 0;
    this.#since = null;
    this.#retryAt = now + Math.min(RETRY_MS * 2 ** this.#failures++, MAX_RETRY_MS);
  }

  get #asksForWebRtc(): boolean {
    return this.choice === "webrtc" || (this.choice === "auto" && this.latency === "lowest");
  }
}
