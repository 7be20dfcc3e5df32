// SPDX-License-Identifier: Apache-2.0
import type { TrackKind } from "../media/frame.ts";
import { TRACK_ID } from "./init-section.ts";

/** One access unit as it is written, times in its track's timescale on the stream's own clock. */
export interface Sample {
  dts: number;
  duration: number;
  /** Presentation time minus `dts`. */
  cts: number;
  keyframe: boolean;
  data: Uint8Array;
}

/** The samples of one track in a fragment, in decode order, at least one. */
export interface TrackRun {
  kind: TrackKind;
  samples: readonly Sample[];
}

const MFHD_LENGTH = 16;
const TFHD_LENGTH = 16;
const TFDT_LENGTH = 20;
const TRUN_HEADER_LENGTH = 20;
const TRUN_ENTRY_LENGTH = 16;
const DEFAULT_BASE_IS_MOOF = 0x02_0000;
/** `trun`: data offset, and each sample's duration, size, flags and composition offset. */
const TRUN_FLAGS = 0x0f01;
/** Sample flags (ISO/IEC 14496-12 section 8.8.3.1): depends on no other; depends on others and is no sync sample. */
const SYNC_SAMPLE = 0x0200_0000;
const NON_SYNC_SAMPLE = 0x0101_0000;

/**
 * One movie fragment, `moof` and `mdat` (ISO/IEC 14496-12 section 8.8): what a part consists of.
 * Written into a single buffer, the media copied once.
 *
 * @param sequence rises by one a fragment
 */
export function fragment(sequence: number, runs: readonly TrackRun[]): Buffer {
  const trafLength = (run: TrackRun): number =>
    8 + TFHD_LENGTH + TFDT_LENGTH + TRUN_HEADER_LENGTH + TRUN_ENTRY_LENGTH * run.samples.length;
  const moofLength = 8 + MFHD_LENGTH + runs.reduce((sum, run) => sum + trafLength(run), 0);
  const mediaLength = runs.reduce((sum, run) => sum + byteLength(run.samples), 0);
  const out = Buffer.allocUnsafe(moofLength + 8 + mediaLength);

  let at = header(out, 0, moofLength, "moof");
  at = header(out, at, MFHD_LENGTH, "mfhd");
  at = out.writeUInt32BE(0, at);
  at = out.writeUInt32BE(sequence >>> 0, at);
  let dataOffset = moofLength + 8;
  for (const run of runs) {
    at = writeTrackFragment(out, at, trafLength(run), run, dataOffset);
    dataOffset += byteLength(run.samples);
  }
  at = header(out, at, 8 + mediaLength, "mdat");
  for (const run of runs) {
    for (const sample of run.samples) {
      out.set(sample.data, at);
      at += sample.data.length;
    }
  }
  return out;
}

function writeTrackFragment(
  out: Buffer,
  start: number,
  length: number,
  run: TrackRun,
  dataOffset: number,
): number {
  let at = header(out, start, length, "traf");
  at = header(out, at, TFHD_LENGTH, "tfhd");
  at = out.writeUInt32BE(DEFAULT_BASE_IS_MOOF, at);
  at = out.writeUInt32BE(TRACK_ID[run.kind], at);
  at = header(out, at, TFDT_LENGTH, "tfdt");
  at = out.writeUInt32BE(0x0100_0000, at);
  at = out.writeBigUInt64BE(BigInt(run.samples[0]?.dts ?? 0), at);
  at = header(out, at, TRUN_HEADER_LENGTH + TRUN_ENTRY_LENGTH * run.samples.length, "trun");
  // Version 1: composition offsets are signed.
  at = out.writeUInt32BE(0x0100_0000 + TRUN_FLAGS, at);
  at = out.writeUInt32BE(run.samples.length, at);
  at = out.writeUInt32BE(dataOffset, at);
  for (const sample of run.samples) {
    at = out.writeUInt32BE(sample.duration, at);
    at = out.writeUInt32BE(sample.data.length, at);
    at = out.writeUInt32BE(sample.keyframe ? SYNC_SAMPLE : NON_SYNC_SAMPLE, at);
    at = out.writeInt32BE(sample.cts, at);
  }
  return at;
}

function header(out: Buffer, at: number, length: number, type: string): number {
  out.writeUInt32BE(length, at);
  out.write(type, at + 4, "latin1");
  return at + 8;
}

function byteLength(samples: readonly Sample[]): number {
  return samples.reduce((sum, sample) => sum + sample.data.length, 0);
}
