// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/** What `read` gives, or undefined where the bytes end too early or say what can't be. */
export function readOrRefuse<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    if (error instanceof TickstreamError && error.code === "media-malformed") return undefined;
    throw error;
  }
}
