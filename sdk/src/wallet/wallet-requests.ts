// SPDX-License-Identifier: Apache-2.0
import { delay } from "../delay.ts";
import { abortError } from "../errors.ts";
import { SerialQueue } from "../serial-queue.ts";
import { WalletError, walletFailure } from "./wallet-error.ts";

export interface WalletRequestsOptions {
  /**
   * From one request to the next, in milliseconds; 3,200 unless given. polkadot-js refuses a second one of a page
   * within 3 s.
   */
  gapMs?: number | undefined;
  /** How long a person may take, in milliseconds; three minutes unless given. */
  timeoutMs?: number | undefined;
}

/** Where a request is. */
export type RequestStage =
  /** Behind another request to the wallet, or a few seconds after one. */
  | "waiting-for-wallet"
  /** The person is asked whether the wallet may learn the chain, which comes before the first signature. */
  | "introducing"
  /** The person is asked for the signature. */
  | "signing";

export interface RequestOptions {
  onStage?: ((stage: RequestStage) => void) | undefined;
  /** Gives up waiting. A question that the wallet already shows stays there; its answer is ignored. */
  signal?: AbortSignal | undefined;
}

const RATE_LIMIT_ATTEMPTS = 4;
/** More than these at once is a page gone wild. */
const MAX_WAITING = 16;

/**
 * A page's requests to one extension: one at a time, and not too close together. A request the extension never answers
 * (its worker was killed) ends by itself and leaves the way free.
 */
export class WalletRequests {
  readonly #gapMs: number;
  readonly #timeoutMs: number;
  readonly #queue = new SerialQueue();
  #waiting = 0;
  #askedAt = -Infinity;

  constructor({ gapMs = 3_200, timeoutMs = 180_000 }: WalletRequestsOptions = {}) {
    this.#gapMs = gapMs;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @param request asks the extension; may be called again where it refused at once for coming too soon: another tab
   *   of the same page counts as this one, and nobody has seen the question then
   * @throws WalletError
   */
  async ask<T>(request: () => Promise<T>, options: RequestOptions = {}): Promise<T> {
    if (this.#waiting >= MAX_WAITING) throw new WalletError("wallet-busy");
    if (!this.#queue.idle || this.#gapLeft() > 0) options.onStage?.("waiting-for-wallet");
    this.#waiting++;
    try {
      return await this.#queue.run(() => this.#askNow(request, options));
    } finally {
      this.#waiting--;
    }
  }

  async #askNow<T>(request: () => Promise<T>, options: RequestOptions): Promise<T> {
    const { onStage, signal = new AbortController().signal } = options;
    for (let attempt = 1; ; attempt++) {
      await delay(this.#gapLeft(), signal);
      this.#askedAt = performance.now();
      onStage?.("signing");
      try {
        return await answer(request, { timeoutMs: this.#timeoutMs, signal });
      } catch (thrown) {
        if (signal.aborted) throw abortError(signal);
        if (attempt >= RATE_LIMIT_ATTEMPTS || !isRateLimit(thrown)) throw walletFailure(thrown);
        onStage?.("waiting-for-wallet");
      }
    }
  }

  #gapLeft(): number {
    return Math.max(0, this.#askedAt + this.#gapMs - performance.now());
  }
}

/**
 * What the extension answers, however late or never.
 *
 * @throws WalletError `wallet-timeout`; what the extension threw; the signal's reason
 */
export async function answer<T>(
  request: () => Promise<T>,
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<T> {
  const { timeoutMs, signal } = options;
  const { promise: never, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new WalletError("wallet-timeout")), timeoutMs);
  const onAbort = () => reject(abortError(signal!));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([request(), never]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function isRateLimit(thrown: unknown): boolean {
  return thrown instanceof Error && /rate limit/i.test(thrown.message);
}
