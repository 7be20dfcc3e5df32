// SPDX-License-Identifier: Apache-2.0
import { BitReader } from "./bit-reader.ts";

const MARKER_AND_VERSION = 0x81;
/** `seq_force_screen_content_tools`, `seq_force_integer_mv`: the frame decides. */
const FRAME_DECIDES = 2;
const SRGB = { primaries: 1, transfer: 13, matrix: 0 };

/**
 * An AV1CodecConfigurationRecord (AV1 in ISOBMFF section 2.3).
 *
 * @param header body of the sequence header OBU
 * @param obu the same with header and size, as the record carries it
 */
export function av1Record(header: Buffer, obu: Buffer): Buffer {
  const { profile, level, tier, highBitDepth, twelveBit, monochrome, subsampling, position } =
    readSequenceHeader(new BitReader(header));
  const flags =
    (tier << 7) |
    (Number(highBitDepth) << 6) |
    (Number(twelveBit) << 5) |
    (Number(monochrome) << 4) |
    (Number(subsampling[0]) << 3) |
    (Number(subsampling[1]) << 2) |
    position;
  return Buffer.concat([Buffer.of(MARKER_AND_VERSION, (profile << 5) | level, flags, 0), obu]);
}

interface SequenceHeader {
  profile: number;
  level: number;
  tier: number;
  highBitDepth: boolean;
  twelveBit: boolean;
  monochrome: boolean;
  /** Horizontally and vertically. */
  subsampling: [boolean, boolean];
  /** Of the chroma samples. */
  position: number;
}

/** AV1 section 5.5.1, up to the colours. */
function readSequenceHeader(bits: BitReader): SequenceHeader {
  const profile = bits.read(3);
  bits.skip(1);
  const reduced = bits.flag();
  const { level, tier } = reduced ? { level: bits.read(5), tier: 0 } : readOperatingPoints(bits);
  const [widthBits, heightBits] = [bits.read(4) + 1, bits.read(4) + 1];
  bits.skip(widthBits + heightBits);
  if (!reduced && bits.flag()) bits.skip(7);
  bits.skip(3);
  if (!reduced) skipTools(bits);
  bits.skip(3);
  return { profile, level, tier, ...readColours(bits, profile) };
}

/** The first one's level and tier. */
function readOperatingPoints(bits: BitReader): { level: number; tier: number } {
  let decoderModel: number | undefined;
  if (bits.flag()) {
    bits.skip(64);
    if (bits.flag()) bits.exp();
    if (bits.flag()) {
      decoderModel = bits.read(5) + 1;
      bits.skip(32 + 5 + 5);
    }
  }
  const displayDelays = bits.flag();
  const count = bits.read(5) + 1;
  const first = { level: 0, tier: 0 };
  for (let point = 0; point < count; point++) {
    bits.skip(12);
    const level = bits.read(5);
    const tier = level > 7 ? bits.read(1) : 0;
    if (decoderModel !== undefined && bits.flag()) bits.skip(2 * decoderModel + 1);
    if (displayDelays && bits.flag()) bits.skip(4);
    if (point === 0) Object.assign(first, { level, tier });
  }
  return first;
}

function skipTools(bits: BitReader): void {
  bits.skip(4);
  const orderHint = bits.flag();
  if (orderHint) bits.skip(2);
  const screenContent = bits.flag() ? FRAME_DECIDES : bits.read(1);
  if (screenContent > 0 && !bits.flag()) bits.skip(1);
  if (orderHint) bits.skip(3);
}

/** AV1 section 5.5.2. */
function readColours(
  bits: BitReader,
  profile: number,
): Pick<SequenceHeader, "highBitDepth" | "twelveBit" | "monochrome" | "subsampling" | "position"> {
  const highBitDepth = bits.flag();
  const twelveBit = profile === 2 && highBitDepth && bits.flag();
  const monochrome = profile !== 1 && bits.flag();
  const described = bits.flag();
  const [primaries, transfer, matrix] = described ? [bits.read(8), bits.read(8), bits.read(8)] : [2, 2, 2];
  const format = { highBitDepth, twelveBit, monochrome };
  if (monochrome) return { ...format, subsampling: [true, true], position: 0 };
  if (primaries === SRGB.primaries && transfer === SRGB.transfer && matrix === SRGB.matrix) {
    return { ...format, subsampling: [false, false], position: 0 };
  }
  bits.skip(1);
  let subsampling: [boolean, boolean] = profile === 0 ? [true, true] : [false, false];
  if (profile === 2) {
    const horizontal = twelveBit ? bits.flag() : true;
    subsampling = [horizontal, twelveBit && horizontal && bits.flag()];
  }
  return { ...format, subsampling, position: subsampling[0] && subsampling[1] ? bits.read(2) : 0 };
}
