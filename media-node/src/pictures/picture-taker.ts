// SPDX-License-Identifier: Apache-2.0
import type { FfmpegRunner } from "../ffmpeg/run-ffmpeg.ts";
import type { FrameConsumer, PlacedFrame } from "../media/fan-out.ts";
import type { Track, VideoTrack } from "../media/frame.ts";
import type { LiveStream } from "../media/stream.ts";
import { takePicture } from "./take-picture.ts";

export interface PictureTakerOptions {
  ffmpeg: FfmpegRunner;
  /** A stream's picture is not renewed sooner, in milliseconds. */
  everyMs?: number;
  /** The most bytes of pictures kept; the oldest goes first. */
  maxBytes?: number;
  log: { warn(fields: object, message: string): void };
}

/** A picture of a stream. */
interface Picture {
  /** JPEG. */
  readonly image: Buffer;
  readonly takenAt: Date;
}

/** Pictures of what is on air, renewed as long as it is. */
export interface PictureTaker {
  /** Takes pictures of a stream. @returns the way to stop it, which forgets its picture */
  watch(stream: Pick<LiveStream, "id" | "subscribe" | "onState">): () => void;
  get(stream: string): Picture | undefined;
}

const EVERY_MS = 10_000;
const MAX_BYTES = 64 << 20;
/** A keyframe beyond this is no picture of ours. */
const MAX_KEYFRAME_BYTES = 4 << 20;

export function createPictureTaker(options: PictureTakerOptions): PictureTaker {
  const { ffmpeg, everyMs = EVERY_MS, maxBytes = MAX_BYTES, log } = options;
  /** The one taken longest ago first. */
  const pictures = new Map<string, Picture>();
  let bytes = 0;

  const forget = (stream: string): void => {
    bytes -= pictures.get(stream)?.image.length ?? 0;
    pictures.delete(stream);
  };
  const keep = (stream: string, image: Buffer): void => {
    forget(stream);
    pictures.set(stream, { image, takenAt: new Date() });
    bytes += image.length;
    for (const oldest of pictures.keys()) {
      if (bytes <= maxBytes) break;
      forget(oldest);
    }
  };

  return {
    get: (stream) => pictures.get(stream),
    watch(stream) {
      let gone = false;
      let failing = false;
      const take = async (track: VideoTrack, keyframe: Uint8Array): Promise<void> => {
        try {
          const image = await takePicture(ffmpeg, track, keyframe);
          if (!gone && image.length > 0) keep(stream.id, image);
          failing = false;
        } catch (error) {
          // Once, until it works again.
          if (!failing && !gone) log.warn({ stream: stream.id, err: error }, "no picture could be taken");
          failing = true;
        }
      };
      const unsubscribe = stream.subscribe(new KeyframePicker(everyMs, take));
      const offState = stream.onState((state) => {
        if (state === "idle") forget(stream.id);
      });
      return () => {
        gone = true;
        unsubscribe();
        offState();
        forget(stream.id);
      };
    },
  };
}

/** Picks a keyframe now and then, one at a time. */
class KeyframePicker implements FrameConsumer {
  readonly #everyMs: number;
  readonly #take: (track: VideoTrack, keyframe: Uint8Array) => Promise<void>;
  #track: VideoTrack | undefined;
  #nextAt = 0;
  #busy = false;

  constructor(everyMs: number, take: (track: VideoTrack, keyframe: Uint8Array) => Promise<void>) {
    this.#everyMs = everyMs;
    this.#take = take;
  }

  track(track: Track): void {
    if (track.kind === "video") this.#track = track;
  }

  trackGone(kind: Track["kind"]): void {
    if (kind === "video") this.#track = undefined;
  }

  frame(frame: PlacedFrame): void {
    const now = performance.now();
    if (frame.kind !== "video" || !frame.keyframe || !this.#track) return;
    if (this.#busy || now < this.#nextAt || frame.data.length > MAX_KEYFRAME_BYTES) return;
    this.#busy = true;
    this.#nextAt = now + this.#everyMs;
    void this.#take(this.#track, frame.data).finally(() => (this.#busy = false));
  }
}
