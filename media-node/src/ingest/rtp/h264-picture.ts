// SPDX-License-Identifier: Apache-2.0
import type { VideoTrack } from "../../media/frame.ts";
import { avcRecord } from "../avc-record.ts";
import { videoTrack } from "../codec-config.ts";
import { readOrRefuse } from "./malformed-payload.ts";
import type { PictureReader } from "./picture.ts";

const SLICE = 1;
const IDR_SLICE = 5;
const SEQUENCE_PARAMETERS = 7;
const PICTURE_PARAMETERS = 8;
const DELIMITER = 9;
const FILLER = 12;
const AGGREGATE = 24;
const FRAGMENT = 28;
const FRAGMENT_START = 0x80;
const FRAGMENT_END = 0x40;
const LONGEST_PARAMETERS = 4_096;
const MOST_PARAMETER_SETS = 16;

/**
 * Reads H.264 (RFC 6184): single NAL units, STAP-A, FU-A.
 *
 * @param parameterSets `sprop-parameter-sets` of the session description, for encoders that don't repeat them
 */
export function h264Reader(parameterSets = ""): PictureReader {
  const sets = parameterSets
    .split(",", MOST_PARAMETER_SETS)
    .map((set) => Buffer.from(set, "base64"))
    .filter(({ length }) => length > 0);
  let sequence: Buffer[] = sets.filter((set) => typeOf(set) === SEQUENCE_PARAMETERS);
  let picture: Buffer[] = sets.filter((set) => typeOf(set) === PICTURE_PARAMETERS);
  let track: VideoTrack | undefined;

  return (payloads) =>
    readOrRefuse(() => {
      const units = nalUnits(payloads);
      const slices = units.filter((unit) => typeOf(unit) >= SLICE && typeOf(unit) <= IDR_SLICE);
      // The first slice begins at macroblock 0, which is written as a single 1 bit.
      if (slices[0] === undefined || ((slices[0][1] ?? 0) & 0x80) === 0) return undefined;
      const keyframe = slices.every((unit) => typeOf(unit) === IDR_SLICE);
      const sequenceSets = parameters(units, SEQUENCE_PARAMETERS);
      const pictureSets = parameters(units, PICTURE_PARAMETERS);
      if (sequenceSets.length > 0) sequence = sequenceSets;
      if (pictureSets.length > 0) picture = pictureSets;
      const data = lengthPrefixed(units.filter((unit) => !OUT_OF_BAND.has(typeOf(unit))));
      if (!keyframe) return { keyframe, data };
      const [first] = sequence;
      if (first === undefined || picture.length === 0) return undefined;
      const record = avcRecord(first, picture);
      if (track === undefined || !record.equals(track.config)) track = videoTrack("avc1", record);
      return { keyframe, data, track };
    });
}

/** They are in the configuration record, or of no use in a file. */
const OUT_OF_BAND = new Set([SEQUENCE_PARAMETERS, PICTURE_PARAMETERS, DELIMITER, FILLER]);

function typeOf(unit: Buffer): number {
  return (unit[0] ?? 0) & 31;
}

function parameters(units: readonly Buffer[], type: number): Buffer[] {
  const found = units.filter((unit) => typeOf(unit) === type);
  if (found.length > MOST_PARAMETER_SETS || found.some(({ length }) => length > LONGEST_PARAMETERS)) {
    throw new RangeError("parameter sets");
  }
  return found.map((unit) => Buffer.from(unit));
}

function nalUnits(payloads: readonly Buffer[]): Buffer[] {
  const units: Buffer[] = [];
  let fragments: Buffer[] | undefined;
  for (const payload of payloads) {
    const type = typeOf(payload);
    if (fragments !== undefined && type !== FRAGMENT) throw new RangeError("a fragment is missing");
    if (type >= SLICE && type < AGGREGATE) {
      units.push(payload);
    } else if (type === AGGREGATE) {
      units.push(...aggregated(payload));
    } else if (type === FRAGMENT) {
      const header = payload.readUInt8(1);
      if ((header & FRAGMENT_START) !== 0) {
        fragments = [Buffer.of((payload.readUInt8(0) & 0xe0) | (header & 31))];
      }
      if (fragments === undefined) throw new RangeError("a fragment is missing");
      fragments.push(payload.subarray(2));
      if ((header & FRAGMENT_END) !== 0) {
        units.push(Buffer.concat(fragments));
        fragments = undefined;
      }
    } else {
      throw new RangeError(`packets of type ${type}`);
    }
  }
  if (fragments !== undefined) throw new RangeError("a fragment is missing");
  return units;
}

function aggregated(payload: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 1; at < payload.length;) {
    const length = payload.readUInt16BE(at);
    if (length === 0 || at + 2 + length > payload.length) throw new RangeError("a NAL unit is cut short");
    units.push(payload.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return units;
}

function lengthPrefixed(units: readonly Buffer[]): Buffer {
  const out = Buffer.allocUnsafe(units.reduce((sum, unit) => sum + 4 + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    at = out.writeUInt32BE(unit.length, at);
    at += unit.copy(out, at);
  }
  return out;
}
