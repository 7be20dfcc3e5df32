// SPDX-License-Identifier: Apache-2.0
import type { Translation } from "../catalog.ts";
import type { creator as english } from "../en/creator.ts";

export const creator: Translation<typeof english> = {
  "creator.name": "Tickstream",
};
