// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import { SdkError } from "../../errors.ts";
import { fetchText } from "../../media/fetch-bytes.ts";
import type { MediaIndex } from "../../media/media-index.ts";
import { parseMediaPlaylist } from "../../media/media-playlist.ts";
import type { ActiveChannel } from "../channel/active-channel.ts";
import { proveByFetching } from "./prove-key.ts";
import { WriteOffBudget } from "./write-off-budget.ts";

export interface MediaProofHost {
  readonly media: MediaIndex;
  readonly playlistUrl: string;
  readonly fetch: typeof fetch;
  channels(): ActiveChannel[];
  now(): number;
  key(epoch: Epoch): Uint8Array | undefined;
  proved(epoch: Epoch): void;
  disproved(epoch: Epoch): void;
  /** Their media will never come; their ticks are answered for. */
  writtenOff(epochs: Epoch[]): void;
  failed(error: unknown): void;
  /** There was no telling yet: time to see whether payment still waits for proof. */
  undecided(): void;
}

/** A wait for proof this long makes the session fetch the proof itself. */
const PROVE_AFTER_MS = 500;
/** Where that tells nothing, it looks again after this long. */
const PROVE_AGAIN_MS = 2_000;

/** Finds proof for keys whose media the player passed over, and writes off those whose media never came. */
export class MediaProof {
  readonly #host: MediaProofHost;
  readonly #budget: WriteOffBudget;
  /** Unproved when the viewer paused: lost by the viewer's own doing, if they are. */
  readonly #wasted = new Set<Epoch>();
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #proving = false;

  constructor(host: MediaProofHost) {
    this.#host = host;
    this.#budget = new WriteOffBudget(host.now());
  }

  proved(epoch: Epoch): void {
    this.#wasted.delete(epoch);
  }

  /** The viewer pauses: what was bought ahead may pass by unseen. */
  paused(): void {
    for (const { payer } of this.#host.channels()) {
      for (const epoch of payer.unproved) this.#wasted.add(epoch);
    }
  }

  /** A playlist came: looks for epochs that it has passed without listing them. */
  mediaChanged(): void {
    const { media } = this.#host;
    const gone: Epoch[] = [];
    for (const { payer } of this.#host.channels()) {
      for (const epoch of payer.maybeLost) {
        if (!media.isGone(epoch)) continue;
        if (!this.#wasted.delete(epoch) && !this.#budget.take(this.#host.now())) continue;
        if (payer.answer(epoch)) gone.push(epoch);
      }
    }
    if (gone.length > 0) this.#host.writtenOff(gone);
  }

  /** Payment waits for proof: after a while the session looks for itself. */
  needed(): void {
    if (this.#proving || this.#stop.signal.aborted) return;
    this.#proving = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#prove()
        .catch((error: unknown) => this.#host.failed(error))
        .finally(() => {
          this.#proving = false;
          if (this.#stop.signal.aborted || this.#unproved().length === 0) return;
          this.#timer = setTimeout(() => this.#host.undecided(), PROVE_AGAIN_MS);
        });
    }, PROVE_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #unproved(): Epoch[] {
    return this.#host.channels().flatMap(({ payer }) => payer.unproved);
  }

  async #prove(): Promise<void> {
    const host = this.#host;
    const { signal } = this.#stop;
    let undecided = false;
    for (const epoch of this.#unproved()) {
      const key = host.key(epoch);
      if (!key) continue;
      const proof = await proveByFetching({ media: host.media, epoch, key, fetch: host.fetch, signal });
      if (signal.aborted) return;
      if (proof === true) host.proved(epoch);
      else if (proof === false) host.disproved(epoch);
      else undecided = true;
    }
    if (undecided) await this.#lookForMedia();
  }

  /**
   * Loads the playlist: whoever reads it may be waiting for the very key that is not paid for before this is settled, and would
   * never learn that the media is gone.
   */
  async #lookForMedia(): Promise<void> {
    const { media, playlistUrl, fetch } = this.#host;
    try {
      const text = await fetchText(playlistUrl, { fetch, signal: this.#stop.signal });
      media.update(parseMediaPlaylist(text), playlistUrl);
    } catch (error) {
      // The network, or a playlist that its reader complains of as well.
      if (!(error instanceof SdkError) && !this.#stop.signal.aborted) throw error;
    }
  }
}
