// SPDX-License-Identifier: Apache-2.0

/** Texts of the creator app. */
export const creator = {
  "creator.name": "Tickstream",
} as const;
