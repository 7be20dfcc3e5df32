// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import type { PlacedFrame } from "../../media/fan-out.ts";
import { CLOCK_RATE, type Track, type TrackKind } from "../../media/frame.ts";
import type { OutputClock } from "./output-clock.ts";
import { PacketHistory, type PacketizedFrame } from "./packet-history.ts";
import { av1Packetizer } from "./packetize/packetize-av1.ts";
import { h264Packetizer } from "./packetize/packetize-h264.ts";
import { opusPacketizer } from "./packetize/packetize-opus.ts";
import { vp8Packetizer, vp9Packetizer } from "./packetize/packetize-vpx.ts";
import type { Packetizer } from "./packetize/packetizer.ts";

/** Packets that are kept of a picture's track: at 6 Mbit/s those of six seconds, five megabytes at most. */
const VIDEO_HISTORY = 4_096;
const AUDIO_HISTORY = 256;
/** RTP's clock of all Opus (RFC 7587). */
const OPUS_CLOCK_RATE = 48_000;

/** One track of a stream on its way to viewers: cut into packets once for all of them. */
export class OutgoingTrack {
  readonly kind: TrackKind;
  readonly codec: Track["codec"];
  readonly ssrc = randomInt(1, 2 ** 32);
  readonly clockRate: number;
  readonly history: PacketHistory;
  readonly #clock: OutputClock;
  #source: Track;
  #packetizer: Packetizer;

  constructor(track: Track, clock: OutputClock) {
    this.kind = track.kind;
    this.codec = track.codec;
    this.clockRate = track.kind === "video" ? CLOCK_RATE : OPUS_CLOCK_RATE;
    this.history = new PacketHistory(track.kind === "video" ? VIDEO_HISTORY : AUDIO_HISTORY);
    this.#clock = clock;
    this.#source = track;
    this.#packetizer = packetizerOf(track);
  }

  /** What is sent: its codec and configuration. */
  get source(): Track {
    return this.#source;
  }

  /** The same codec goes on, in another size or profile. */
  reconfigure(track: Track): void {
    this.#source = track;
    this.#packetizer = packetizerOf(track);
    this.history.startAnew();
  }

  packetize(frame: PlacedFrame): PacketizedFrame | undefined {
    const packets = this.#packetizer.packetize(frame);
    if (packets.length === 0) return undefined;
    const { keyframe, epoch, time } = frame;
    const shown = this.kind === "video" ? time + frame.cts : time;
    const timestamp = this.#clock.timestamp(shown, this.clockRate);
    return this.history.push({ keyframe: keyframe && this.kind === "video", epoch, timestamp, packets });
  }
}

/** Whether WebRTC carries it: what is not in here has to be made into something else first. */
export function isCarried({ codec }: Track): boolean {
  return codec !== "mp4a" && codec !== "hvc1";
}

function packetizerOf(track: Track): Packetizer {
  switch (track.codec) {
    case "avc1":
      return h264Packetizer(track);
    case "av01":
      return av1Packetizer(track);
    case "vp09":
      return vp9Packetizer();
    case "vp08":
      return vp8Packetizer();
    case "Opus":
      return opusPacketizer();
    default:
      throw new TypeError(`${track.codec} is not carried over WebRTC`);
  }
}
