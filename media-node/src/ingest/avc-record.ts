// SPDX-License-Identifier: Apache-2.0
import { BitReader, unescapeNal } from "./bit-reader.ts";

/** Profiles whose record goes on with the sample format (ISO/IEC 14496-15 section 5.3.3.1.2). */
const PROFILES_WITH_FORMAT = new Set([100, 110, 122, 144]);
const FOUR_BYTE_LENGTHS = 0xff;

/**
 * An AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1) of parameter sets. RangeError where the sequence
 * parameter set is cut short.
 */
export function avcRecord(sequence: Buffer, pictures: readonly Buffer[]): Buffer {
  const profile = sequence.readUInt8(1);
  const head = Buffer.of(
    1,
    profile,
    sequence.readUInt8(2),
    sequence.readUInt8(3),
    FOUR_BYTE_LENGTHS,
    0xe0 | 1,
  );
  return Buffer.concat([
    head,
    withLength(sequence),
    Buffer.of(pictures.length),
    ...pictures.map(withLength),
    PROFILES_WITH_FORMAT.has(profile) ? sampleFormat(sequence) : Buffer.alloc(0),
  ]);
}

function withLength(unit: Buffer): Buffer {
  return Buffer.concat([Buffer.of(unit.length >> 8, unit.length & 255), unit]);
}

function sampleFormat(sequence: Buffer): Buffer {
  const bits = new BitReader(unescapeNal(sequence, 1));
  bits.skip(24);
  bits.exp();
  const chroma = bits.exp();
  if (chroma === 3) bits.skip(1);
  const [lumaDepth, chromaDepth] = [bits.exp(), bits.exp()];
  if (chroma > 3 || lumaDepth > 6 || chromaDepth > 6) throw new RangeError("a sample format that can't be");
  return Buffer.of(0xfc | chroma, 0xf8 | lumaDepth, 0xf8 | chromaDepth, 0);
}
