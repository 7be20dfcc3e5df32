// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE, type Track } from "../media/frame.ts";

/** The smallest tracks there are, for tests that look at times only. */
export const VIDEO: Track = {
  kind: "video",
  codec: "avc1",
  config: new Uint8Array(),
  width: 2,
  height: 2,
  timescale: CLOCK_RATE,
};

export const AUDIO: Track = {
  kind: "audio",
  codec: "mp4a",
  config: new Uint8Array(),
  channels: 2,
  timescale: 48_000,
  frameDuration: 1_024,
};
