// SPDX-License-Identifier: Apache-2.0
import type { Encoding } from "@tickstream/sdk";

/** What a browser source can be sent as. Bitrates are what the picture needs in motion; the network may allow less. */
export const QUALITIES = {
  "1080p": { height: 1080, videoBitrate: 4_500_000 },
  "720p": { height: 720, videoBitrate: 2_500_000 },
  "480p": { height: 480, videoBitrate: 1_200_000 },
  "360p": { height: 360, videoBitrate: 700_000 },
} as const satisfies Record<string, Pick<Encoding, "height" | "videoBitrate">>;

export type Quality = keyof typeof QUALITIES;

/** From what is hardly watchable to what is wasted on any of them, in bits per second. */
export const MIN_BITRATE = 300_000;
export const MAX_BITRATE = 8_000_000;

export const FRAME_RATES = [30, 60, 15] as const;
