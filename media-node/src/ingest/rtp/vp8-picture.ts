// SPDX-License-Identifier: Apache-2.0
import { sameTrack, type VideoTrack } from "../../media/frame.ts";
import { vpTrack } from "../vp-record.ts";
import { readOrRefuse } from "./malformed-payload.ts";
import type { PictureReader } from "./picture.ts";

/** BT.601, which is all that VP8 knows. */
const MATRIX_601 = 6;
const START_CODE = 0x9d012a;

/** Reads VP8 (RFC 7741). */
export function vp8Reader(): PictureReader {
  let track: VideoTrack | undefined;
  return (payloads) =>
    readOrRefuse(() => {
      const parts = payloads.map(withoutDescriptor);
      if (parts[0]?.start !== true) return undefined;
      const data = Buffer.concat(parts.map(({ body }) => body));
      // Frame tag, RFC 6386 section 9.1: the lowest bit is 0 for a keyframe.
      const tag = data.readUIntLE(0, 3);
      if ((tag & 1) !== 0) return { keyframe: false, data };
      if (data.readUIntBE(3, 3) !== START_CODE) return undefined;
      const width = data.readUInt16LE(6) & 0x3fff;
      const height = data.readUInt16LE(8) & 0x3fff;
      if (width === 0 || height === 0) return undefined;
      const format = { bitDepth: 8, chroma: 1, fullRange: false, matrix: MATRIX_601 };
      const next = vpTrack("vp08", { ...format, profile: (tag >> 1) & 7, width, height });
      if (!sameTrack(track, next) || track?.width !== width || track.height !== height) track = next;
      return { keyframe: true, data, track };
    });
}

/** RFC 7741 section 4.2. */
function withoutDescriptor(payload: Buffer): { start: boolean; body: Buffer } {
  const first = payload.readUInt8(0);
  let at = 1;
  if ((first & 0x80) !== 0) {
    const extended = payload.readUInt8(at++);
    if ((extended & 0x80) !== 0) at += (payload.readUInt8(at) & 0x80) !== 0 ? 2 : 1;
    if ((extended & 0x40) !== 0) at++;
    if ((extended & 0x30) !== 0) at++;
  }
  if (at >= payload.length) throw new RangeError("a packet without a body");
  return { start: (first & 0x10) !== 0 && (first & 7) === 0, body: payload.subarray(at) };
}
