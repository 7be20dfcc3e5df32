// SPDX-License-Identifier: Apache-2.0
import { BitReader, unescapeNal } from "./bit-reader.ts";

/** Pixels, as shown. */
export interface PictureSize {
  width: number;
  height: number;
}

const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** From an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1). RangeError where it is cut short. */
export function avcSize(record: Buffer): PictureSize {
  if ((record.readUInt8(5) & 31) === 0) throw new RangeError("no sequence parameter set");
  const length = record.readUInt16BE(6);
  const bits = new BitReader(unescapeNal(record.subarray(8, 8 + length), 1));
  return avcSequenceSize(bits);
}

/** Sequence parameter set, ITU-T H.264 section 7.3.2.1.1, as far as the cropping. */
function avcSequenceSize(bits: BitReader): PictureSize {
  const profile = bits.read(8);
  bits.skip(16);
  bits.exp();
  let chroma = 1;
  if (HIGH_PROFILES.has(profile)) {
    chroma = bits.exp();
    if (chroma === 3) bits.skip(1);
    bits.exp();
    bits.exp();
    bits.skip(1);
    if (bits.flag()) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  bits.exp();
  const orderType = bits.exp();
  if (orderType === 0) {
    bits.exp();
  } else if (orderType === 1) {
    bits.skip(1);
    bits.signedExp();
    bits.signedExp();
    for (let cycle = Math.min(bits.exp(), 255); cycle > 0; cycle--) bits.signedExp();
  }
  bits.exp();
  bits.skip(1);
  const widthInBlocks = bits.exp() + 1;
  const heightInUnits = bits.exp() + 1;
  const framesOnly = bits.flag();
  if (!framesOnly) bits.skip(1);
  bits.skip(1);
  const fields = framesOnly ? 1 : 2;
  const crop = bits.flag() ? [bits.exp(), bits.exp(), bits.exp(), bits.exp()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1;
  const cropY = (chroma === 1 ? 2 : 1) * fields;
  return {
    width: widthInBlocks * 16 - cropX * (left + right),
    height: heightInUnits * 16 * fields - cropY * (top + bottom),
  };
}

function skipScalingLists(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!bits.flag()) continue;
    let last = 8;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.signedExp() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

const HEVC_SEQUENCE_PARAMETERS = 33;

/** From an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 8.3.3.1). */
export function hevcSize(record: Buffer): PictureSize {
  let at = 23;
  for (let arrays = record.readUInt8(22); arrays > 0; arrays--) {
    const type = record.readUInt8(at) & 63;
    let units = record.readUInt16BE(at + 1);
    at += 3;
    for (; units > 0; units--) {
      const length = record.readUInt16BE(at);
      at += 2;
      if (type === HEVC_SEQUENCE_PARAMETERS) {
        return hevcSequenceSize(new BitReader(unescapeNal(record.subarray(at, at + length), 2)));
      }
      at += length;
    }
  }
  throw new RangeError("no sequence parameter set");
}

/** Sequence parameter set, ITU-T H.265 section 7.3.2.2.1, as far as the conformance window. */
function hevcSequenceSize(bits: BitReader): PictureSize {
  bits.skip(4);
  const subLayers = bits.read(3);
  bits.skip(1);
  bits.skip(88 + 8);
  const present = Array.from({ length: subLayers }, () => ({ profile: bits.flag(), level: bits.flag() }));
  if (subLayers > 0) bits.skip(2 * (8 - subLayers));
  for (const layer of present) bits.skip((layer.profile ? 88 : 0) + (layer.level ? 8 : 0));
  bits.exp();
  const chroma = bits.exp();
  if (chroma === 3) bits.skip(1);
  const width = bits.exp();
  const height = bits.exp();
  const crop = bits.flag() ? [bits.exp(), bits.exp(), bits.exp(), bits.exp()] : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = chroma === 1 ? 2 : 1;
  return { width: width - unitX * (left + right), height: height - unitY * (top + bottom) };
}

const AV1_SEQUENCE_HEADER = 1;

/** From an AV1CodecConfigurationRecord, which carries the sequence header OBU (AV1 in ISOBMFF section 2.3). */
export function av1Size(record: Buffer): PictureSize {
  const header = record.readUInt8(4);
  if (((header >> 3) & 15) !== AV1_SEQUENCE_HEADER) throw new RangeError("no sequence header");
  let at = (header & 4) !== 0 ? 6 : 5;
  // obu_size is LEB128; its value does not matter, the header is the first OBU.
  if ((header & 2) !== 0) while ((record.readUInt8(at++) & 0x80) !== 0);
  return av1SequenceSize(new BitReader(record.subarray(at)));
}

/** Sequence header OBU, AV1 specification section 5.5.1, as far as the largest frame. */
function av1SequenceSize(bits: BitReader): PictureSize {
  bits.skip(3 + 1);
  if (bits.flag()) {
    bits.skip(5);
  } else {
    let decoderModel: number | undefined;
    if (bits.flag()) {
      bits.skip(32 + 32);
      if (bits.flag()) bits.exp();
      if (bits.flag()) {
        decoderModel = bits.read(5) + 1;
        bits.skip(32 + 5 + 5);
      }
    }
    const displayDelays = bits.flag();
    for (let points = bits.read(5) + 1; points > 0; points--) {
      bits.skip(12);
      if (bits.read(5) > 7) bits.skip(1);
      if (decoderModel !== undefined && bits.flag()) bits.skip(2 * decoderModel + 1);
      if (displayDelays && bits.flag()) bits.skip(4);
    }
  }
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  return { width: bits.read(widthBits) + 1, height: bits.read(heightBits) + 1 };
}
