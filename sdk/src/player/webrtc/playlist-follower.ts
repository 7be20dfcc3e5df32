// SPDX-License-Identifier: Apache-2.0
import { asError, SdkError } from "../../errors.ts";
import { fetchText } from "../../media/fetch-bytes.ts";
import { parseMediaPlaylist } from "../../media/media-playlist.ts";
import type { PlayerSession } from "../player.ts";

/** Hashes are wanted so far ahead of the live edge, so that the key that is bought next can be checked. */
const HASHES_AHEAD = 2;
/** A delta update leaves out what is older than some seconds: it is asked for only where that is known, in milliseconds. */
const DELTA_WITHIN_MS = 5_000;

/**
 * Reads the playlist now and then while media comes another way: it publishes the hashes that keys are checked with, and
 * says what media there is.
 */
export class PlaylistFollower {
  readonly #session: PlayerSession;
  readonly #fetch: typeof fetch;
  readonly #failed: (error: SdkError) => void;
  readonly #stop = new AbortController();
  readonly #off: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #reading = false;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(options: { session: PlayerSession; fetch: typeof fetch; failed: (error: SdkError) => void }) {
    this.#session = options.session;
    this.#fetch = options.fetch;
    this.#failed = options.failed;
    this.#off = this.#session.on("edge", () => this.#look());
    // Where nobody tells the edge, the playlist does.
    this.#timer = setInterval(() => this.#read(), 2 * this.#session.tickMs);
    this.#read();
  }

  stop(): void {
    this.#off();
    clearInterval(this.#timer);
    this.#stop.abort();
  }

  #look(): void {
    const { edge, media } = this.#session;
    if (edge === null || media.keyHash(edge + HASHES_AHEAD) === undefined) this.#read();
  }

  #read(): void {
    if (this.#reading || this.#stop.signal.aborted) return;
    this.#reading = true;
    this.#load()
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.#failed(
          error instanceof SdkError
            ? error
            : new SdkError("playlist-invalid", "The playlist cannot be used.", { cause: asError(error) }),
        );
      })
      .finally(() => {
        this.#reading = false;
      });
  }

  async #load(): Promise<void> {
    const { media, playlistUrl } = this.#session;
    const url = new URL(playlistUrl);
    const isFresh = performance.now() - this.#readAt < DELTA_WITHIN_MS;
    if (isFresh) url.searchParams.set("_HLS_skip", "YES");
    const { signal } = this.#stop;
    const text = await fetchText(url.href, { fetch: this.#fetch, signal, timeoutMs: 4_000 });
    if (signal.aborted) return;
    media.update(parseMediaPlaylist(text), playlistUrl);
    this.#readAt = performance.now();
  }
}
