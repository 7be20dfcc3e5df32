// SPDX-License-Identifier: Apache-2.0

/** Ticks a second of the stream's own clock, which video timestamps and all joints between publishes use. */
export const CLOCK_RATE = 90_000;

/** Sample entry codes (ISO/IEC 14496-12 and the codecs' own bindings) of the video that is carried. */
export type VideoCodec = "avc1" | "hvc1" | "av01" | "vp09" | "vp08";

/** Sample entry codes of the audio that is carried. */
export type AudioCodec = "mp4a" | "Opus";

/** What a decoder needs to know of a video track before its first frame. */
export interface VideoTrack {
  kind: "video";
  codec: VideoCodec;
  /** The decoder configuration record: body of `avcC`, `hvcC`, `av1C` or `vpcC`. */
  config: Uint8Array;
  /** Pixels. */
  width: number;
  height: number;
  timescale: typeof CLOCK_RATE;
}

/** What a decoder needs to know of an audio track before its first frame. */
export interface AudioTrack {
  kind: "audio";
  codec: AudioCodec;
  /** AudioSpecificConfig for `mp4a`, body of `dOps` for `Opus`. */
  config: Uint8Array;
  channels: number;
  /** Samples a second: the unit of the track's timestamps. */
  timescale: number;
  /** Samples in one frame. */
  frameDuration: number;
}

export type Track = VideoTrack | AudioTrack;
export type TrackKind = Track["kind"];

/**
 * The neutral unit of media between every protocol in and every format out: one access unit as the codec's
 * container carries it (length-prefixed NAL units, OBUs, a VP8 or VP9 frame, a raw AAC frame, an Opus packet).
 */
export interface Frame {
  kind: TrackKind;
  /** Decode time in the track's timescale, on the publisher's clock: unwrapped, may jump. */
  dts: number;
  /** Presentation time minus decode time, in the track's timescale. */
  cts: number;
  /** Decodes without any frame before it. */
  keyframe: boolean;
  /** Owned by the frame: nobody writes to it later. */
  data: Uint8Array;
}

/** Whether a player that was set up for one track can go on with the other without being told. */
export function sameTrack(a: Track | undefined, b: Track | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.kind === b.kind &&
    a.codec === b.codec &&
    a.timescale === b.timescale &&
    Buffer.compare(a.config, b.config) === 0
  );
}
