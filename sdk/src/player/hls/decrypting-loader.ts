// SPDX-License-Identifier: Apache-2.0
import type {
  FragmentLoaderContext,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderStats,
} from "hls.js";
import { parseMediaUri, type CipherRange, type Epoch } from "@tickstream/contracts-types";
import { asError, SdkError } from "../../errors.ts";
import { decryptPart, importMediaKey } from "../../media/decrypt-part.ts";
import type { PaySession } from "../../payment/session/pay-session.ts";

/** The parts of a session that the loader needs. */
export type KeySource = Pick<PaySession, "key" | "proved" | "disproved" | "media">;

/** How many loads wait for a key now; `changed` runs when it rises. */
export interface KeyWaits {
  count: number;
  changed(): void;
}

/**
 * The class hls.js loads parts and segments with (`fLoader`): fetches the ciphertext, waits for the key of each epoch
 * in it, by the coordinates in the URL, and hands on the plain fragment. Time spent waiting for a key is not counted as
 * time on the network, so that it never looks like a slow line.
 *
 * @param keys who gives keys now; another one of the same stream may take over at any time
 */
export function decryptingLoader(
  keys: () => KeySource,
  waits: KeyWaits,
): new () => Loader<FragmentLoaderContext> {
  // One import a key and epoch; a player needs the last two. They stay when the source changes: what a preview gave
  // is not bought again.
  const imported = new Map<Epoch, Promise<CryptoKey>>();

  async function keyOf(epoch: Epoch, signal: AbortSignal): Promise<CryptoKey> {
    const known = imported.get(epoch);
    if (known) return known;
    waits.count++;
    waits.changed();
    try {
      const key = importMediaKey(await keys().key(epoch, signal));
      imported.set(epoch, key);
      if (imported.size > 8) imported.delete(imported.keys().next().value!);
      return await key;
    } finally {
      waits.count--;
    }
  }

  async function decryptRange(
    bytes: Uint8Array,
    range: CipherRange,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { epoch, run, block } = range;
    const key = await keyOf(epoch, signal);
    try {
      const plain = await decryptPart(bytes, key, { run, block, rendition: keys().media.rendition });
      keys().proved(epoch);
      return plain;
    } catch (error) {
      imported.delete(epoch);
      keys().disproved(epoch);
      throw error;
    }
  }

  /** A segment is its parts joined; a part's one range has no length and takes all. */
  async function decrypt(
    cipher: ArrayBuffer,
    ranges: CipherRange[],
    signal: AbortSignal,
  ): Promise<ArrayBuffer> {
    const plain = new Uint8Array(cipher.byteLength);
    let offset = 0;
    for (const range of ranges) {
      const length = range.bytes ?? cipher.byteLength - offset;
      if (length > cipher.byteLength - offset)
        throw new SdkError("part-invalid", "A segment is shorter than its URL says.");
      plain.set(await decryptRange(new Uint8Array(cipher, offset, length), range, signal), offset);
      offset += length;
    }
    return plain.buffer;
  }

  return class DecryptingLoader implements Loader<FragmentLoaderContext> {
    context: FragmentLoaderContext | null = null;
    stats: LoaderStats = freshStats();
    #callbacks: LoaderCallbacks<FragmentLoaderContext> | null = null;
    #response: Response | null = null;
    readonly #abort = new AbortController();

    destroy(): void {
      this.#callbacks = null;
      this.#abort.abort();
      this.context = null;
    }

    abort(): void {
      const { context } = this;
      const callbacks = this.#callbacks;
      this.#callbacks = null;
      this.stats.aborted = true;
      this.#abort.abort();
      if (context) callbacks?.onAbort?.(this.stats, context, this.#response);
    }

    load(
      context: FragmentLoaderContext,
      { loadPolicy }: LoaderConfiguration,
      callbacks: LoaderCallbacks<FragmentLoaderContext>,
    ): void {
      this.context = context;
      this.#callbacks = callbacks;
      this.stats.loading.start = performance.now();
      const timeoutMs = loadPolicy.maxLoadTimeMs;
      this.#load(context, timeoutMs).catch((error: unknown) => {
        const still = this.#callbacks;
        this.#callbacks = null;
        if (!still || this.stats.aborted) return;
        if (error instanceof DOMException && error.name === "TimeoutError") {
          still.onTimeout(this.stats, context, this.#response);
        } else {
          const code = error instanceof HttpError ? error.status : 0;
          still.onError({ code, text: asError(error).message }, context, this.#response, this.stats);
        }
      });
    }

    getCacheAge(): number | null {
      const age = Number.parseFloat(this.getResponseHeader("age") ?? "");
      return Number.isFinite(age) ? age : null;
    }

    getResponseHeader(name: string): string | null {
      return this.#response?.headers.get(name) ?? null;
    }

    async #load(context: FragmentLoaderContext, timeoutMs: number): Promise<void> {
      const { stats } = this;
      const { signal } = this.#abort;
      const timeout = AbortSignal.timeout(timeoutMs);
      const response = await fetch(context.url, { signal: AbortSignal.any([signal, timeout]) });
      this.#response = response;
      stats.loading.first = Math.max(performance.now(), stats.loading.start);
      if (!response.ok) throw new HttpError(response.status, response.statusText);
      let data = await response.arrayBuffer();
      stats.loading.end = Math.max(performance.now(), stats.loading.first);
      const media = parseMediaUri(context.url);
      const ranges = media.kind === "init" ? [] : media.cipher;
      if (ranges.length > 0) data = await decrypt(data, ranges, signal);
      stats.loaded = stats.total = data.byteLength;
      const callbacks = this.#callbacks;
      this.#callbacks = null;
      callbacks?.onProgress?.(stats, context, data, response);
      callbacks?.onSuccess({ url: response.url, data, code: response.status }, stats, context, response);
    }
  };
}

class HttpError extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text || `HTTP ${status}`);
    this.status = status;
  }
}

function freshStats(): LoaderStats {
  return {
    aborted: false,
    loaded: 0,
    retry: 0,
    total: 0,
    chunkCount: 0,
    bwEstimate: 0,
    loading: { start: 0, first: 0, end: 0 },
    parsing: { start: 0, end: 0 },
    buffering: { start: 0, first: 0, end: 0 },
  };
}
