// SPDX-License-Identifier: Apache-2.0
// A publisher whose every frame a test decides: for what real encoders do once a year.
import {
  CLOCK_RATE,
  type AudioTrack,
  type Frame,
  type PublisherSink,
  type VideoTrack,
} from "@tickstream/media-node/streaming";

export interface SourceOptions {
  /** Pictures per second; undefined: no video. */
  fps?: number | undefined;
  /** Pictures from keyframe to keyframe. */
  gop?: number;
  /** Sound as well. */
  audio?: boolean;
  /** Distinguishes one decoder configuration from another. */
  config?: number;
  /** The publisher's clock at its first frame, milliseconds. */
  startMs?: number;
  /** Size of a keyframe. */
  keyframeBytes?: number;
}

const AUDIO_RATE = 48_000;
const AUDIO_FRAME = 1_024;

function videoTrackOf(config: number): VideoTrack {
  return {
    kind: "video",
    codec: "avc1",
    config: Uint8Array.of(1, 77, 64, 31, config),
    width: 320,
    height: 180,
    timescale: CLOCK_RATE,
  };
}

const AUDIO_TRACK: AudioTrack = {
  kind: "audio",
  codec: "mp4a",
  config: Uint8Array.of(0x11, 0x90),
  channels: 2,
  timescale: AUDIO_RATE,
  frameDuration: AUDIO_FRAME,
};

/** Sends frames in the order of their decode times, stamped in whole milliseconds as RTMP does. */
export class SyntheticSource {
  readonly #sink: PublisherSink;
  readonly #options: Required<Omit<SourceOptions, "fps">> & { fps: number | undefined };
  #pictures = 0;
  #sounds = 0;
  /** What the publisher's clock adds, milliseconds: changed by a jump. */
  #offsetMs: number;
  #sequence = 0;

  constructor(sink: PublisherSink, options: SourceOptions) {
    const { fps, gop = 60, audio = false, config = 0, startMs = 0, keyframeBytes = 900 } = options;
    this.#sink = sink;
    this.#options = { fps, gop, audio, config, startMs, keyframeBytes };
    this.#offsetMs = startMs;
    if (fps !== undefined) sink.track(videoTrackOf(config));
    if (audio) sink.track(AUDIO_TRACK);
  }

  /** Milliseconds of media sent so far. */
  get sentMs(): number {
    return this.#options.fps === undefined ? this.#soundMs() : this.#pictureMs();
  }

  /** The publisher's clock jumps. */
  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Sends the next frame, of whichever track is behind. */
  step(): void {
    const { fps, audio } = this.#options;
    if (fps !== undefined && (!audio || this.#pictureMs() <= this.#soundMs())) this.#picture();
    else this.#sound();
  }

  #pictureMs(): number {
    return (this.#pictures * 1_000) / (this.#options.fps ?? 1);
  }

  #soundMs(): number {
    return (this.#sounds * AUDIO_FRAME * 1_000) / AUDIO_RATE;
  }

  #picture(): void {
    const keyframe = this.#pictures % this.#options.gop === 0;
    const ms = Math.round(this.#pictureMs()) + this.#offsetMs;
    this.#pictures++;
    this.#send({
      kind: "video",
      dts: ms * (CLOCK_RATE / 1_000),
      cts: 0,
      keyframe,
      data: this.#bytes(keyframe ? this.#options.keyframeBytes : 90),
    });
  }

  #sound(): void {
    const dts = this.#sounds++ * AUDIO_FRAME + Math.round((this.#offsetMs * AUDIO_RATE) / 1_000);
    this.#send({ kind: "audio", dts, cts: 0, keyframe: true, data: this.#bytes(40) });
  }

  #send(frame: Frame): void {
    this.#sink.frame(frame);
  }

  #bytes(length: number): Uint8Array {
    const data = Buffer.alloc(length + (this.#sequence % 7), this.#sequence & 255);
    data.writeUInt32BE(this.#sequence++ >>> 0);
    return data;
  }
}
