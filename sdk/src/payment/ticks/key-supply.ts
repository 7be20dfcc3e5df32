// SPDX-License-Identifier: Apache-2.0
import type { Epoch, KeysMessage, RefusedMessage } from "@tickstream/contracts-types";
import { abortError, PaymentBlockedError, SdkError } from "../../errors.ts";
import type { MediaIndex } from "../../media/media-index.ts";
import type { ActiveChannel } from "../channel/active-channel.ts";
import type { ChannelNegotiator } from "../channel/channel-negotiator.ts";
import { KeyRing } from "./key-ring.ts";
import { MediaProof } from "./media-proof.ts";
import { MAX_WANTED } from "./payer.ts";
import { Prefetch, PREFETCH_TICKS } from "./prefetch.ts";
import { TickAnswers } from "./tick-answers.ts";

export interface KeySupplyHost {
  readonly media: MediaIndex;
  readonly negotiator: ChannelNegotiator;
  readonly playlistUrl: string;
  readonly tickMs: number;
  readonly fetch: typeof fetch;
  now(): number;
  later(ms: number, work: () => Promise<void>): void;
  /** The newest epoch there is. */
  edge(): Epoch | null;
  /** Something changed: it may be time to pay. */
  changed(): void;
  /** Keys came that match their published hashes. */
  keys(epochs: Epoch[]): void;
  /** What this channel is owed has changed: to be stored. */
  answered(channel: ActiveChannel): void;
  writtenOff(epochs: Epoch[]): void;
  blocked(error: PaymentBlockedError): void;
  error(error: SdkError): void;
  /** Looking for proof failed in a way of its own. */
  failed(error: unknown): void;
}

/** The keys of a session: who waits for which, which one to buy ahead, and what proves that they open the media. */
export class KeySupply {
  readonly #host: KeySupplyHost;
  readonly #ring = new KeyRing();
  readonly #prefetch: Prefetch;
  readonly #proof: MediaProof;
  readonly #answers: TickAnswers;
  #paused = false;

  constructor(host: KeySupplyHost) {
    this.#host = host;
    this.#prefetch = new Prefetch(host.tickMs, () => host.changed());
    const { media, negotiator, playlistUrl } = host;
    this.#proof = new MediaProof({
      media,
      playlistUrl,
      fetch: host.fetch,
      channels: () => negotiator.channels,
      now: () => host.now(),
      key: (epoch) => this.#ring.get(epoch),
      proved: (epoch) => this.proved(epoch),
      disproved: (epoch) => this.disproved(epoch),
      writtenOff: (epochs) => host.writtenOff(epochs),
      failed: (error) => host.failed(error),
      undecided: () => host.changed(),
    });
    this.#answers = new TickAnswers({
      media,
      ring: this.#ring,
      negotiator,
      now: () => host.now(),
      later: (ms, work) => host.later(ms, work),
      arrived: (epochs) => {
        if (epochs.length > 0) host.keys(epochs);
        this.#settled(epochs);
      },
      dropped: (epochs) => this.#settled(epochs),
      blocked: (error) => host.blocked(error),
      error: (error) => host.error(error),
    });
  }

  /** Epochs to buy, where they are not bought yet. */
  get wanted(): Epoch[] {
    return [...this.#ring.awaited, ...this.#prefetch.wanted];
  }

  key(epoch: Epoch, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const known = this.#ring.get(epoch);
    if (known) return Promise.resolve(known);
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (!this.#ring.isAwaited(epoch) && this.#ring.awaited.length + PREFETCH_TICKS >= MAX_WANTED) {
      return Promise.reject(new SdkError("epoch-unavailable", "Too many epochs are wanted at once."));
    }
    const key = this.#ring.wait(epoch, signal, () => this.#host.changed());
    this.#host.changed();
    return key;
  }

  proved(epoch: Epoch): void {
    const { negotiator } = this.#host;
    const answered = negotiator.channels.filter(({ payer }) => payer.answer(epoch));
    this.#proof.proved(epoch);
    for (const channel of answered) this.#host.answered(channel);
    if (!this.#paused) this.#prefetch.plays(epoch, this.#host.edge());
    if (answered.length > 0) this.#host.changed();
  }

  disproved(epoch: Epoch): void {
    const { negotiator } = this.#host;
    this.#ring.remove(epoch);
    for (const { payer } of negotiator.channels) payer.keyOpensNothing(epoch, this.#host.now());
    this.#host.error(new PaymentBlockedError("wrong-key", undefined, { details: `epoch ${epoch}` }));
    this.#host.changed();
  }

  /** Payment waits for proof. */
  proofNeeded(): void {
    this.#proof.needed();
  }

  mediaChanged(): void {
    this.#proof.mediaChanged();
  }

  keysCame(message: KeysMessage): void {
    this.#answers.keys(message);
  }

  tickRefused(message: RefusedMessage): Promise<void> {
    return this.#answers.refused(message);
  }

  joined(): void {
    this.#prefetch.joined();
  }

  pause(): void {
    this.#paused = true;
    this.#prefetch.clear();
    this.#proof.paused();
  }

  resume(): void {
    this.#paused = false;
  }

  /** No key will come any more. */
  rejectAll(error: SdkError): void {
    this.#ring.rejectAll(error);
  }

  stop(error: SdkError): void {
    this.#proof.stop();
    this.#prefetch.clear();
    this.#ring.rejectAll(error);
  }

  #settled(epochs: Epoch[]): void {
    for (const epoch of epochs) this.#prefetch.arrived(epoch);
    this.#host.changed();
  }
}
