// SPDX-License-Identifier: Apache-2.0
import type { Translation } from "../catalog.ts";
import type { viewer as english } from "../en/viewer.ts";

export const viewer: Translation<typeof english> = {
  "viewer.name": "Tickstream",
};
