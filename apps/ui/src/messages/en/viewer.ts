// SPDX-License-Identifier: Apache-2.0

/** Texts of the viewer app. */
export const viewer = {
  "viewer.name": "Tickstream",
} as const;
