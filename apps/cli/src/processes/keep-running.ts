// SPDX-License-Identifier: Apache-2.0
import { errorLine } from "../cli-error.ts";
import { wait } from "./wait.ts";

/** A program that runs beside this one. */
export interface Part {
  stop: () => Promise<void>;
  force?: () => void;
  /** Settles when it has ended, with why; whether it was stopped or not. */
  readonly ended: Promise<string>;
}

export interface KeepRunningOptions<T extends Part> {
  name: string;
  /** Starts it; again with what ran before, whose place (a port) it takes. */
  begin: (before?: T) => Promise<T>;
  onWarning: (line: string) => void;
  /** Wait before a start that follows a failed one; doubles up to `maxRetryMs`. */
  minRetryMs?: number;
  maxRetryMs?: number;
}

/**
 * Starts a part and starts it again whenever it ends without having been told to: whoever depends on it (a media node on its
 * database) recovers by itself.
 * @throws what the first start throws; later ones are tried again
 */
export async function keepRunning<T extends Part>(
  options: KeepRunningOptions<T>,
): Promise<{ first: T; stop(): Promise<void>; force(): void }> {
  const { name, begin, onWarning, minRetryMs = 500, maxRetryMs = 10_000 } = options;
  const first = await begin();
  const stopping = new AbortController();
  let current = first;

  const watch = async () => {
    for (;;) {
      const why = await current.ended;
      if (stopping.signal.aborted) return;
      onWarning(`${name} ended (${why}): starting it again`);
      let retryMs = minRetryMs;
      for (let started = false; !started && !stopping.signal.aborted;) {
        try {
          current = await begin(current);
          started = true;
        } catch (error) {
          onWarning(`${name} doesn't start: ${errorLine(error)}`);
          await wait(retryMs, stopping.signal);
          retryMs = Math.min(retryMs * 2, maxRetryMs);
        }
      }
      if (stopping.signal.aborted) return;
    }
  };
  const watching = watch();
  return {
    first,
    async stop() {
      stopping.abort();
      const known = current;
      await known.stop();
      await watching;
      // What was being started when this was called.
      if (current !== known) await current.stop();
    },
    force: () => current.force?.(),
  };
}
