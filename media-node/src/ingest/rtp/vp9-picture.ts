// SPDX-License-Identifier: Apache-2.0
import { sameTrack, type VideoTrack } from "../../media/frame.ts";
import { BitReader } from "../bit-reader.ts";
import { vpTrack, type VpFormat } from "../vp-record.ts";
import { readOrRefuse } from "./malformed-payload.ts";
import type { PictureReader } from "./picture.ts";

/** Reads VP9 (RFC 9628). Of several spatial layers the lowest is taken: it stands by itself. */
export function vp9Reader(): PictureReader {
  let track: VideoTrack | undefined;
  return (payloads) =>
    readOrRefuse(() => {
      const parts = payloads.map(withoutDescriptor).filter(({ spatial }) => spatial === 0);
      if (parts[0]?.start !== true || parts.at(-1)?.end !== true) return undefined;
      const data = Buffer.concat(parts.map(({ body }) => body));
      const format = keyframeFormat(data);
      if (format === undefined) return { keyframe: false, data };
      const next = vpTrack("vp09", format);
      const same = sameTrack(track, next) && track?.width === next.width && track.height === next.height;
      if (!same) track = next;
      return { keyframe: true, data, ...(track === undefined ? {} : { track }) };
    });
}

/** RFC 9628 section 4.2. */
function withoutDescriptor(payload: Buffer): {
  start: boolean;
  end: boolean;
  spatial: number;
  body: Buffer;
} {
  const first = payload.readUInt8(0);
  const [pictureId, predicted, layers, flexible] = [0x80, 0x40, 0x20, 0x10].map((bit) => (first & bit) !== 0);
  let at = 1;
  let spatial = 0;
  if (pictureId) at += (payload.readUInt8(at) & 0x80) !== 0 ? 2 : 1;
  if (layers) {
    spatial = (payload.readUInt8(at++) >> 1) & 7;
    if (!flexible) at++;
  }
  if (flexible && predicted) {
    let references = 1;
    while ((payload.readUInt8(at++) & 1) !== 0) if (++references > 3) throw new RangeError("references");
  }
  if ((first & 2) !== 0) at = afterScalability(payload, at);
  if (at >= payload.length) throw new RangeError("a packet without a body");
  return { start: (first & 8) !== 0, end: (first & 4) !== 0, spatial, body: payload.subarray(at) };
}

/** RFC 9628 section 4.2.1. */
function afterScalability(payload: Buffer, start: number): number {
  let at = start;
  const flags = payload.readUInt8(at++);
  if ((flags & 0x10) !== 0) at += 4 * ((flags >> 5) + 1);
  if ((flags & 8) === 0) return at;
  for (let pictures = payload.readUInt8(at++); pictures > 0; pictures--) {
    at += 1 + ((payload.readUInt8(at) >> 2) & 3);
  }
  return at;
}

const FRAME_MARKER = 2;
const SYNC_CODE = 0x498342;
const RGB = 7;
/** Matrix coefficients (ISO/IEC 23001-8) by VP9's colour spaces. */
const MATRICES = [2, 6, 1, 6, 7, 9, 2, 0];

/** The uncompressed header of a keyframe (VP9 specification section 6.2); undefined for another picture. */
function keyframeFormat(frame: Buffer): VpFormat | undefined {
  const bits = new BitReader(frame);
  if (bits.read(2) !== FRAME_MARKER) throw new RangeError("no VP9 frame");
  const profile = bits.read(1) + 2 * bits.read(1);
  if (profile === 3) bits.skip(1);
  const showsExisting = bits.flag();
  if (showsExisting || bits.flag()) return undefined;
  bits.skip(2);
  if (bits.read(24) !== SYNC_CODE) throw new RangeError("no VP9 sync code");
  const bitDepth = profile < 2 ? 8 : bits.flag() ? 12 : 10;
  const space = bits.read(3);
  const odd = profile === 1 || profile === 3;
  let fullRange = true;
  let chroma = 3;
  if (space === RGB) {
    if (odd) bits.skip(1);
  } else {
    fullRange = bits.flag();
    chroma = 1;
    if (odd) {
      const [narrow, low] = [bits.flag(), bits.flag()];
      chroma = narrow ? (low ? 1 : 2) : 3;
      bits.skip(1);
    }
  }
  const width = bits.read(16) + 1;
  return {
    profile,
    bitDepth,
    chroma,
    fullRange,
    matrix: MATRICES[space] ?? 2,
    width,
    height: bits.read(16) + 1,
  };
}
