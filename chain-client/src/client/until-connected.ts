// SPDX-License-Identifier: Apache-2.0
import { ChainConnectionError } from "../errors.ts";
import type { Connection } from "./connection.ts";

const RETRY_MS = 500;

/**
 * What `ask` gives; where the connection fails, it asks again once it is back. `null` where `signal` aborts or
 * the connection is closed for good.
 */
export async function untilConnected<T>(
  connection: Connection,
  signal: AbortSignal,
  ask: () => Promise<T>,
): Promise<T | null> {
  while (!signal.aborted && !connection.closed) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ChainConnectionError)) throw error;
      await connectionChange(connection, signal);
    }
  }
  return null;
}

/** Until the connection comes or goes, a moment passes, or `signal` aborts. */
function connectionChange(connection: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const unsubscribe = connection.onState(end);
    const timer = setTimeout(end, RETRY_MS);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
