// SPDX-License-Identifier: Apache-2.0
import { expect } from "vitest";

/** `expect.poll` with the patience that a busy machine needs; it ends as soon as the matcher is content. */
export function eventually<T>(
  read: () => T | Promise<T>,
  options: { timeout?: number; interval?: number } = {},
): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 15_000, interval: 20, ...options });
}
