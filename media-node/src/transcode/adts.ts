// SPDX-License-Identifier: Apache-2.0
import type { AudioTrack } from "../media/frame.ts";
import { BitReader } from "../ingest/bit-reader.ts";

const HEADER_LENGTH = 7;
/** The longest frame that its 13-bit length has room for. */
const LONGEST_FRAME = 2 ** 13 - 1 - HEADER_LENGTH;
/** ISO/IEC 14496-3 table 1.17: Main, LC, SSR, LTP are all that ADTS can name. */
const LAST_OBJECT_TYPE = 4;
const LOW_COMPLEXITY = 2;
const SPECTRAL_BAND_REPLICATION = 5;
const PARAMETRIC_STEREO = 29;
const EXPLICIT_RATE = 15;

/** Puts a header before each AAC frame, so that a decoder needs nothing else to know (ISO/IEC 13818-7 section 6.2). */
export type AdtsWriter = (frame: Uint8Array) => Buffer | undefined;

/** Undefined where ADTS can't say what the track is. */
export function adtsWriter(track: AudioTrack): AdtsWriter | undefined {
  const bits = new BitReader(Buffer.from(track.config));
  const objectType = bits.read(5);
  const rateIndex = bits.read(4);
  if (rateIndex === EXPLICIT_RATE) return undefined;
  const channels = bits.read(4);
  // Decoders find out by themselves that a band is to be replicated: what is described is the core below it.
  const extended = objectType === SPECTRAL_BAND_REPLICATION || objectType === PARAMETRIC_STEREO;
  const core = extended ? LOW_COMPLEXITY : objectType;
  if (core < 1 || core > LAST_OBJECT_TYPE || channels < 1) return undefined;
  return (frame) => {
    if (frame.length > LONGEST_FRAME) return undefined;
    const length = HEADER_LENGTH + frame.length;
    const bytes = Buffer.allocUnsafe(length);
    bytes[0] = 0xff;
    bytes[1] = 0xf1;
    bytes[2] = ((core - 1) << 6) | (rateIndex << 2) | (channels >> 2);
    bytes[3] = ((channels & 3) << 6) | (length >> 11);
    bytes[4] = (length >> 3) & 0xff;
    bytes[5] = ((length & 7) << 5) | 0x1f;
    bytes[6] = 0xfc;
    bytes.set(frame, HEADER_LENGTH);
    return bytes;
  };
}
