// SPDX-License-Identifier: Apache-2.0
import { abortError } from "./errors.ts";

/** Waits `ms`, or until the signal aborts: then it rejects with the signal's reason. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(abortError(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Does `work` after `ms`, unless the signal aborts before. */
export function later(ms: number, signal: AbortSignal, work: () => void): void {
  if (signal.aborted) return;
  const onAbort = () => clearTimeout(timer);
  const timer = setTimeout(() => {
    signal.removeEventListener("abort", onAbort);
    work();
  }, ms);
  signal.addEventListener("abort", onAbort, { once: true });
}
