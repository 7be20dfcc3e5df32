// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE, type VideoTrack } from "../media/frame.ts";

/** What a VP8 or VP9 keyframe says of itself. */
export interface VpFormat {
  profile: number;
  bitDepth: number;
  /** 1: 4:2:0 with the chroma samples beside the luma samples; 2: 4:2:2; 3: 4:4:4. */
  chroma: number;
  fullRange: boolean;
  /** Of ISO/IEC 23001-8. */
  matrix: number;
  width: number;
  height: number;
}

/** Until a size says more: level 4.1, 1080p60. */
const LEVELS: readonly (readonly [pixels: number, level: number])[] = [
  [245_760, 30],
  [983_040, 31],
  [2_228_224, 41],
  [8_912_896, 51],
];
const HIGHEST_LEVEL = 62;
const UNSPECIFIED = 2;
/** `vpcC` is a full box; its content begins with these. */
const VERSION_AND_FLAGS = [1, 0, 0, 0];

/** The track of a VP8 or VP9 stream (VP Codec ISO Media File Format Binding 1.0). */
export function vpTrack(codec: "vp08" | "vp09", format: VpFormat): VideoTrack {
  const { profile, bitDepth, chroma, fullRange, matrix, width, height } = format;
  const level = LEVELS.find(([pixels]) => width * height <= pixels)?.[1] ?? HIGHEST_LEVEL;
  const samples = (bitDepth << 4) | (chroma << 1) | (fullRange ? 1 : 0);
  const noInitialization = [0, 0];
  const config = Buffer.from(
    VERSION_AND_FLAGS.concat(profile, level, samples, UNSPECIFIED, UNSPECIFIED, matrix, noInitialization),
  );
  return { kind: "video", codec, config, width, height, timescale: CLOCK_RATE };
}
