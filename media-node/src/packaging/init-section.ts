// SPDX-License-Identifier: Apache-2.0
import type { AudioTrack, Track, VideoTrack } from "../media/frame.ts";
import { box, fullBox, u16, u32, u8, zeros } from "./box-writer.ts";

/** Track ids in every init section and fragment: a track keeps its id whatever else the stream carries. */
export const TRACK_ID = { video: 1, audio: 2 } as const;

const UNITY_MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000);
const FIXED_POINT_ONE = 0x10000;
const NEXT_FREE_TRACK_ID = 3;
/** Language "und" (ISO 639-2/T packed in 5-bit letters). */
const UNDETERMINED = 0x55c4;

/** The init section (`ftyp`, `moov`) of a fragmented MP4 file with these tracks (ISO/IEC 14496-12, CMAF). */
export function initSection(tracks: readonly Track[]): Buffer {
  return Buffer.concat([
    box("ftyp", "iso6", u32(0), "iso6cmfcmp41"),
    box(
      "moov",
      movieHeader(),
      tracks.map(trackBox),
      box(
        "mvex",
        tracks.map((track) => fullBox("trex", 0, 0, u32(TRACK_ID[track.kind], 1, 0, 0, 0))),
      ),
    ),
  ]);
}

function movieHeader(): Buffer {
  return fullBox(
    "mvhd",
    0,
    0,
    u32(0, 0, 1_000, 0, FIXED_POINT_ONE),
    u16(0x100),
    zeros(10),
    UNITY_MATRIX,
    zeros(24),
    u32(NEXT_FREE_TRACK_ID),
  );
}

function trackBox(track: Track): Buffer {
  const video = track.kind === "video";
  const [width, height] = video ? [track.width, track.height] : [0, 0];
  const enabledInMovie = 3;
  return box(
    "trak",
    fullBox(
      "tkhd",
      0,
      enabledInMovie,
      u32(0, 0, TRACK_ID[track.kind], 0, 0),
      zeros(8),
      u16(0),
      u16(0),
      u16(video ? 0 : 0x100),
      u16(0),
      UNITY_MATRIX,
      u32(width * FIXED_POINT_ONE, height * FIXED_POINT_ONE),
    ),
    box(
      "mdia",
      fullBox("mdhd", 0, 0, u32(0, 0, track.timescale, 0), u16(UNDETERMINED), u16(0)),
      fullBox("hdlr", 0, 0, u32(0), video ? "vide" : "soun", zeros(12), "Tickstream\0"),
      box(
        "minf",
        video ? fullBox("vmhd", 0, 1, zeros(8)) : fullBox("smhd", 0, 0, zeros(4)),
        box("dinf", fullBox("dref", 0, 0, u32(1), fullBox("url ", 0, 1))),
        box(
          "stbl",
          fullBox("stsd", 0, 0, u32(1), video ? videoSampleEntry(track) : audioSampleEntry(track)),
          fullBox("stts", 0, 0, u32(0)),
          fullBox("stsc", 0, 0, u32(0)),
          fullBox("stsz", 0, 0, u32(0, 0)),
          fullBox("stco", 0, 0, u32(0)),
        ),
      ),
    ),
  );
}

const CONFIG_BOX = { avc1: "avcC", hvc1: "hvcC", av01: "av1C", vp09: "vpcC", vp08: "vpcC" } as const;
const PIXELS_PER_INCH_72 = 0x48_0000;

function videoSampleEntry(track: VideoTrack): Buffer {
  return box(
    track.codec,
    zeros(6),
    u16(1),
    zeros(16),
    u16(track.width),
    u16(track.height),
    u32(PIXELS_PER_INCH_72, PIXELS_PER_INCH_72, 0),
    u16(1),
    zeros(32),
    u16(24),
    u16(0xffff),
    box(CONFIG_BOX[track.codec], track.config),
  );
}

function audioSampleEntry(track: AudioTrack): Buffer {
  // The entry holds the rate as 16.16 fixed point; one that does not fit is left to the codec's own config.
  const rate = track.timescale > 0xffff ? 0 : track.timescale * FIXED_POINT_ONE;
  return box(
    track.codec,
    zeros(6),
    u16(1),
    zeros(8),
    u16(track.channels),
    u16(16),
    u32(0, rate),
    track.codec === "mp4a" ? elementaryStreamDescriptor(track) : box("dOps", track.config),
  );
}

/** `esds` for AAC (ISO/IEC 14496-1 section 7.2.6, 14496-14 section 5.6). */
function elementaryStreamDescriptor(track: AudioTrack): Buffer {
  const mpeg4Audio = 0x40;
  const audioStream = 0x15;
  const decoderSpecific = descriptor(5, track.config);
  const decoderConfig = descriptor(4, u8(mpeg4Audio, audioStream, 0, 0, 0), u32(0, 0), decoderSpecific);
  return fullBox(
    "esds",
    0,
    0,
    descriptor(3, u16(TRACK_ID.audio), u8(0), decoderConfig, descriptor(6, u8(2))),
  );
}

/** Tag, length in the four-byte form that every demuxer reads, content. */
function descriptor(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([
    u8(tag, 0x80 | (body.length >> 21), 0x80 | ((body.length >> 14) & 0x7f)),
    u8(0x80 | ((body.length >> 7) & 0x7f), body.length & 0x7f),
    body,
  ]);
}
