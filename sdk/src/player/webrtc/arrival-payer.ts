// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import { delay } from "../../delay.ts";
import { SdkError } from "../../errors.ts";
import type { PlayerSession } from "../player.ts";

/** The last packets of an epoch may arrive this long after the next one is announced. */
const SETTLE_MS = 60;
const LOOK_AGAIN_MS = 80;

export interface ArrivalPayerHost {
  /** How many packets of media have arrived. */
  packets(): Promise<number>;
  /** An epoch begins, and is about to be paid. */
  begins(): void;
  /** A key is waited for. */
  starved(): void;
  error(error: SdkError): void;
}

/**
 * Pays for media that comes by WebRTC, epoch by epoch at the live edge, and answers each tick once media has come
 * through the gate while its epoch lasted (docs/protocol.md, “WebRTC”). What it does not see arrive the session proves
 * by the playlist's ciphertext, as it does for any other key.
 */
export class ArrivalPayer {
  readonly #session: PlayerSession;
  readonly #host: ArrivalPayerHost;
  #off: (() => void) | undefined;
  /** Ends when the next epoch begins: nothing older than the live edge is wanted. */
  #now = new AbortController();
  #waiting = false;
  #newest: Epoch | null = null;

  constructor(session: PlayerSession, host: ArrivalPayerHost) {
    this.#session = session;
    this.#host = host;
  }

  /** Newest epoch that media came of. */
  get newest(): Epoch | null {
    return this.#newest;
  }

  get isStarved(): boolean {
    return this.#waiting;
  }

  start(): void {
    if (this.#off) return;
    this.#off = this.#session.on("edge", ({ epoch }) => this.#begins(epoch));
    if (this.#session.edge !== null) this.#begins(this.#session.edge);
  }

  stop(): void {
    this.#off?.();
    this.#off = undefined;
    this.#now.abort();
    this.#waiting = false;
  }

  #begins(epoch: Epoch): void {
    this.#now.abort();
    const now = (this.#now = new AbortController());
    this.#host.begins();
    if (now.signal.aborted) return;
    this.#play(epoch, now.signal).catch((error: unknown) => {
      if (now.signal.aborted) return;
      this.#waiting = false;
      this.#host.error(
        error instanceof SdkError
          ? error
          : new SdkError("player-failed", "Media could not be accounted for.", { cause: error }),
      );
    });
  }

  async #play(epoch: Epoch, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const key = this.#session.key(epoch, signal);
    this.#waiting = true;
    this.#host.starved();
    await key;
    signal.throwIfAborted();
    this.#waiting = false;
    await delay(Math.max(0, began + SETTLE_MS - performance.now()), signal);
    const before = await this.#host.packets();
    do await delay(LOOK_AGAIN_MS, signal);
    while ((await this.#host.packets()) <= before);
    signal.throwIfAborted();
    this.#newest = epoch;
    this.#session.proved(epoch);
  }
}
