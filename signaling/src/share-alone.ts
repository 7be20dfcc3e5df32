// SPDX-License-Identifier: Apache-2.0
import type { Sharing } from "./sharing.ts";

/** One instance by itself. */
export function shareAlone(): Sharing {
  return {
    state: "off",
    enter: async () => {},
    announce: () => {},
    leave: () => {},
    others: () => [],
    deliver: async () => false,
    close: () => {},
    stop: async () => {},
  };
}
