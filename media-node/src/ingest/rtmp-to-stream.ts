// SPDX-License-Identifier: Apache-2.0
import { CLOCK_RATE, type AudioTrack, type Track } from "../media/frame.ts";
import type { PublisherSink } from "../media/publisher.ts";
import { aacTrack, opusSamples, opusTrack, videoTrack } from "./codec-config.ts";
import { parseAudioTag, parseVideoTag, type FlvTag } from "./flv-tag.ts";

const AUDIO = 8;
const VIDEO = 9;
const WRAP = 2 ** 32;
const TICKS_PER_MS = CLOCK_RATE / 1_000;
/** Sound whose timestamps stray from its sample count by more is put back in its place, milliseconds. */
const AUDIO_DRIFT_MS = 80;

/**
 * Turns what an RTMP publisher sends into frames: timestamps unwrapped, sound on its grid of samples.
 * Every method throws `RtmpError` (`media-malformed`, `media-unsupported`) where the publisher has to go.
 */
export class RtmpToStream {
  readonly #sink: PublisherSink;
  readonly #tracks: { video?: Track; audio?: AudioTrack } = {};
  /** The last timestamp, unwrapped: 32 bits of milliseconds last for 49 days. */
  #lastTime: number | undefined;
  /** Where the next audio frame starts, in samples, if the sound goes on without a break. */
  #nextSample: number | undefined;

  constructor(sink: PublisherSink) {
    this.#sink = sink;
  }

  /**
   * An RTMP media message.
   *
   * @param timestamp milliseconds, 32 bits
   * @param body only read during the call
   */
  tag(type: number, timestamp: number, body: Buffer): void {
    if (body.length === 0 || (type !== AUDIO && type !== VIDEO)) return;
    const tag = type === VIDEO ? parseVideoTag(body) : parseAudioTag(body);
    switch (tag.kind) {
      case "config":
        this.#config(tag);
        return;
      case "video":
        this.#video(tag, this.#unwrap(timestamp));
        return;
      case "audio":
        this.#audio(tag, this.#unwrap(timestamp));
        return;
      case "ignored":
    }
  }

  #config({ codec, body }: FlvTag & { kind: "config" }): void {
    if (codec === "mp4a" || codec === "Opus") {
      const track = codec === "mp4a" ? aacTrack(body) : opusTrack(body);
      if (track.timescale !== this.#tracks.audio?.timescale) this.#nextSample = undefined;
      this.#tracks.audio = track;
      this.#sink.track(track);
    } else {
      this.#tracks.video = videoTrack(codec, body);
      this.#sink.track(this.#tracks.video);
    }
  }

  #video(tag: FlvTag & { kind: "video" }, time: number): void {
    if (this.#tracks.video?.codec !== tag.codec || tag.body.length === 0) return;
    this.#sink.frame({
      kind: "video",
      dts: time * TICKS_PER_MS,
      cts: tag.ctsMs * TICKS_PER_MS,
      keyframe: tag.keyframe,
      data: Buffer.from(tag.body),
    });
  }

  #audio(tag: FlvTag & { kind: "audio" }, time: number): void {
    const track = this.#tracks.audio;
    if (track?.codec !== tag.codec || tag.body.length === 0) return;
    const { timescale, frameDuration } = track;
    const stamped = Math.round((time * timescale) / 1_000);
    const next = this.#nextSample ?? stamped;
    const drift = ((stamped - next) * 1_000) / timescale;
    const dts = Math.abs(drift) <= AUDIO_DRIFT_MS ? next : stamped;
    this.#nextSample = dts + (track.codec === "Opus" ? opusSamples(tag.body) : frameDuration);
    this.#sink.frame({ kind: "audio", dts, cts: 0, keyframe: true, data: Buffer.from(tag.body) });
  }

  /** The nearest time to the last one that has these 32 bits. */
  #unwrap(timestamp: number): number {
    const last = this.#lastTime;
    if (last === undefined) return (this.#lastTime = timestamp);
    const difference = (((timestamp - last) % WRAP) + WRAP) % WRAP;
    return (this.#lastTime = last + (difference >= WRAP / 2 ? difference - WRAP : difference));
  }
}
