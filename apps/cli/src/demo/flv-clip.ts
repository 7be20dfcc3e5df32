// SPDX-License-Identifier: Apache-2.0
import { decodeAmf } from "./amf0.ts";

/** One audio or video message, as FLV and RTMP both carry it. */
interface ClipTag {
  /** RTMP message type: 8 audio, 9 video. */
  type: 8 | 9;
  /** Milliseconds from the start of the clip. */
  timestamp: number;
  body: Buffer;
}

/** A clip that can be published again and again as one endless stream. */
export interface Clip {
  /** Codec configurations, to send once a publish, before any media. */
  configs: ClipTag[];
  /** Media in order of time; the first video is a keyframe. */
  tags: ClipTag[];
  /** After how many milliseconds the clip starts over. */
  durationMs: number;
  metadata: Record<string, unknown>;
}

const HEADER_LENGTH = 9;
const TAG_HEADER_LENGTH = 11;
const SCRIPT = 18;

/**
 * Reads an FLV file (Adobe “Video File Format Specification” 10.1, annex E) whose metadata has its duration.
 * @throws Error with a sentence that says what is wrong with the file
 */
export function parseFlvClip(file: Buffer): Clip {
  if (file.length < HEADER_LENGTH || file.toString("latin1", 0, 3) !== "FLV")
    throw new Error("this is no FLV file");
  const clip: Clip = { configs: [], tags: [], durationMs: 0, metadata: {} };
  let at = file.readUInt32BE(5) + 4;
  while (at + TAG_HEADER_LENGTH <= file.length) {
    const type = file.readUInt8(at);
    const length = file.readUIntBE(at + 1, 3);
    const timestamp = file.readUIntBE(at + 4, 3) + file.readUInt8(at + 7) * 0x1000000;
    const body = file.subarray(at + TAG_HEADER_LENGTH, at + TAG_HEADER_LENGTH + length);
    if (body.length < length || length < 2) throw new Error("the FLV file is cut short");
    if (type === SCRIPT) readMetadata(clip, body);
    else if (type === 8 || type === 9)
      (isConfig(type, body) ? clip.configs : clip.tags).push({ type, timestamp, body });
    at += TAG_HEADER_LENGTH + length + 4;
  }
  // A video tag of packet type 2 only says that the sequence ended; a loop doesn't.
  clip.tags = clip.tags.filter((tag) => tag.type !== 9 || tag.body[1] !== 2);
  const last = clip.tags.at(-1);
  if (!last) throw new Error("the FLV file has no media");
  if (!(clip.durationMs > last.timestamp)) throw new Error("the FLV file's metadata has no usable duration");
  return clip;
}

function readMetadata(clip: Clip, body: Buffer): void {
  const [name, value] = decodeAmf(body);
  if (name !== "onMetaData" || typeof value !== "object" || value === null || Array.isArray(value)) return;
  clip.metadata = value;
  if (typeof value["duration"] === "number") clip.durationMs = Math.round(value["duration"] * 1000);
}

/** AVC and AAC configurations have packet type 0. */
function isConfig(type: 8 | 9, body: Buffer): boolean {
  return body[1] === 0 && (type === 9 || (body[0] ?? 0) >> 4 === 10);
}
