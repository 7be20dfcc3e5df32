// SPDX-License-Identifier: Apache-2.0

/** What a stream can be about. `other` where its creator says nothing. */
export const STREAM_CATEGORIES = [
  "music",
  "talk",
  "games",
  "sports",
  "news",
  "education",
  "technology",
  "art",
  "outdoors",
  "other",
] as const;

/** One of {@link STREAM_CATEGORIES}. */
export type StreamCategory = (typeof STREAM_CATEGORIES)[number];
