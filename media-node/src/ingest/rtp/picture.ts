// SPDX-License-Identifier: Apache-2.0
import type { VideoTrack } from "../../media/frame.ts";

/** One picture, put together from the payloads that carried it. */
export interface Picture {
  /** Decodes by itself, and carries what a decoder has to know first. */
  keyframe: boolean;
  /** As the codec's container has it. */
  data: Buffer;
  /** What the pictures from here on belong to; with every keyframe. */
  track?: VideoTrack;
}

/**
 * Reads the payloads of one picture's packets, in order and complete as far as sequence numbers tell. Undefined where its
 * beginning is missing, or where they are not what the codec's payload format allows.
 */
export type PictureReader = (payloads: readonly Buffer[]) => Picture | undefined;
