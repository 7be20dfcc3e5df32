// SPDX-License-Identifier: Apache-2.0
import { RtmpError } from "./errors.ts";

/** An FLV audio or video tag (Adobe FLV specification E.4, enhanced RTMP v1/v2), without its timestamp. */
export type FlvTag =
  | { kind: "config"; codec: "avc1" | "hvc1" | "av01" | "mp4a" | "Opus"; body: Buffer }
  | { kind: "video"; codec: "avc1" | "hvc1" | "av01"; keyframe: boolean; ctsMs: number; body: Buffer }
  | { kind: "audio"; codec: "mp4a" | "Opus"; body: Buffer }
  /** Of no use to anybody: an end of sequence, metadata, a seek marker. */
  | { kind: "ignored" };

const KEYFRAME = 1;
const VIDEO_COMMAND = 5;
const SOUND_NAMES = [
  "PCM",
  "ADPCM",
  "MP3",
  "PCM",
  "Nellymoser",
  "Nellymoser",
  "Nellymoser",
  "G.711",
  "G.711",
  "",
  "AAC",
  "Speex",
];
const PICTURE_NAMES = ["", "", "Sorenson H.263", "Screen video", "VP6", "VP6", "Screen video 2"];
const ENHANCED_AUDIO = 9;
const AAC = 10;
const AVC = 7;
const PACKET = {
  sequenceStart: 0,
  codedFrames: 1,
  codedFramesX: 3,
  multitrack: 6,
  modEx: 7,
  audioMultitrack: 5,
};

/** @throws RtmpError `media-malformed`, `media-unsupported` */
export function parseVideoTag(tag: Buffer): FlvTag {
  const first = byte(tag, 0);
  const enhanced = (first & 0x80) !== 0;
  const frameType = (first >> 4) & 7;
  if (frameType === VIDEO_COMMAND) return { kind: "ignored" };
  const keyframe = frameType === KEYFRAME;
  if (enhanced) return enhancedVideo(tag, first & 15, keyframe);
  const codec = first & 15;
  if (codec !== AVC) throw unsupported(`video as ${PICTURE_NAMES[codec] || `FLV codec ${codec}`}`, "H.264");
  const packetType = byte(tag, 1);
  const ctsMs = signed24(tag, 2);
  const body = tag.subarray(5);
  if (packetType === 0) return { kind: "config", codec: "avc1", body };
  return packetType === 1 ? { kind: "video", codec: "avc1", keyframe, ctsMs, body } : { kind: "ignored" };
}

function enhancedVideo(tag: Buffer, packetType: number, keyframe: boolean): FlvTag {
  if (packetType === PACKET.multitrack || packetType === PACKET.modEx) {
    throw unsupported("several video tracks, or extended timestamps", "a single video track");
  }
  const fourCc = tag.toString("latin1", 1, 5);
  if (fourCc !== "avc1" && fourCc !== "hvc1" && fourCc !== "av01") {
    throw unsupported(`video as ${JSON.stringify(fourCc)}`, "H.264, HEVC or AV1");
  }
  if (packetType === PACKET.sequenceStart) return { kind: "config", codec: fourCc, body: tag.subarray(5) };
  // Only codecs with B-frames carry a composition offset, and only in this packet type.
  const offset = packetType === PACKET.codedFrames && fourCc !== "av01";
  if (packetType !== PACKET.codedFrames && packetType !== PACKET.codedFramesX) return { kind: "ignored" };
  const ctsMs = offset ? signed24(tag, 5) : 0;
  return { kind: "video", codec: fourCc, keyframe, ctsMs, body: tag.subarray(offset ? 8 : 5) };
}

/** @throws RtmpError `media-malformed`, `media-unsupported` */
export function parseAudioTag(tag: Buffer): FlvTag {
  const first = byte(tag, 0);
  const format = first >> 4;
  if (format === ENHANCED_AUDIO) return enhancedAudio(tag, first & 15);
  if (format !== AAC) throw unsupported(`sound as ${SOUND_NAMES[format] || `FLV format ${format}`}`, "AAC");
  const body = tag.subarray(2);
  return byte(tag, 1) === 0
    ? { kind: "config", codec: "mp4a", body }
    : { kind: "audio", codec: "mp4a", body };
}

function enhancedAudio(tag: Buffer, packetType: number): FlvTag {
  if (packetType === PACKET.audioMultitrack || packetType === PACKET.modEx) {
    throw unsupported("several audio tracks, or extended timestamps", "a single audio track");
  }
  const codec = tag.toString("latin1", 1, 5);
  if (codec !== "mp4a" && codec !== "Opus")
    throw unsupported(`sound as ${JSON.stringify(codec)}`, "AAC or Opus");
  const body = tag.subarray(5);
  if (packetType === PACKET.sequenceStart) return { kind: "config", codec, body };
  return packetType === PACKET.codedFrames ? { kind: "audio", codec, body } : { kind: "ignored" };
}

function byte(tag: Buffer, at: number): number {
  const value = tag[at];
  if (value === undefined) throw malformed("a media message that is too short");
  return value;
}

function signed24(tag: Buffer, at: number): number {
  if (tag.length < at + 3) throw malformed("a media message that is too short");
  return tag.readIntBE(at, 3);
}

/** The publisher sends what is not what it says. */
export function malformed(details: string, cause?: unknown): RtmpError {
  return new RtmpError("media-malformed", "The publisher sent broken media.", { details, cause });
}

function unsupported(what: string, instead: string): RtmpError {
  return new RtmpError("media-unsupported", `Tickstream can't take ${what}: set the encoder to ${instead}.`);
}
