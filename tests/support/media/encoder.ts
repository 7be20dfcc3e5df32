// SPDX-License-Identifier: Apache-2.0
// A real encoder: ffmpeg encodes live and publishes by RTMP. Every frame carries the wall clock, so that a test can read the delay
// from glass to glass off the picture.
import type { Writable } from "node:stream";
import { type Program, startProgram } from "../system/program.ts";

/** What the encoder makes. */
export interface EncoderOptions {
  /** `rtmp://host:port/live/KEY` */
  url: string;
  /** A file that gets the very same packets (FLV), to compare with what a viewer received. */
  copy?: string;
  width?: number;
  height?: number;
  fps?: number;
  /** Keyframe distance in seconds. */
  gopSeconds?: number;
  bframes?: number;
  kbps?: number;
  /** A tone beside the pictures, recorded as they are. Default true. */
  sound?: boolean;
}

/** A running encoder. */
export interface Encoder {
  readonly program: Program;
  /** Lets the encoder finish its frames and close the connection properly. */
  stop(): Promise<void>;
}

/** Samples a second. */
const SOUND_RATE = 48_000;
/** The bits of the wall clock (ms, low 31) that a stamp carries, as 16 × 2 blocks over the upper quarter of the picture. */
export const STAMP_BITS = 32;
export const STAMP_COLUMNS = 16;

export function ffmpegPath(): string {
  return process.env.FFMPEG_PATH ?? "ffmpeg";
}

export function ffprobePath(): string {
  return process.env.FFPROBE_PATH ?? "ffprobe";
}

/** Starts ffmpeg, feeding it stamped pictures at the pace of the wall clock. */
export function startEncoder(options: EncoderOptions): Encoder {
  const {
    url,
    copy,
    width = 320,
    height = 180,
    fps = 30,
    gopSeconds = 2,
    bframes = 0,
    kbps = 600,
    sound = true,
  } = options;
  const gop = Math.round(gopSeconds * fps);
  const sinks =
    copy === undefined ? ["-f", "flv", url] : ["-f", "tee", `[f=flv:flush_packets=1]${copy}|[f=flv]${url}`];
  const program = startProgram(
    ffmpegPath(),
    // prettier-ignore
    [
      "-hide_banner", "-loglevel", "warning", "-nostats",
      "-f", "rawvideo", "-pix_fmt", "gray", "-s", `${width}x${height}`, "-r", String(fps),
      "-use_wallclock_as_timestamps", "1", "-fflags", "nobuffer", "-probesize", "32", "-i", "pipe:0",
      ...(sound ? ["-f", "s16le", "-ac", "1", "-ar", String(SOUND_RATE), "-probesize", "32", "-i", "pipe:3", "-map", "0:v", "-map", "1:a"] : []),
      "-c:v", "libx264", "-preset", "veryfast", ...(bframes === 0 ? ["-tune", "zerolatency"] : []), "-bf", String(bframes),
      "-profile:v", "main", "-pix_fmt", "yuv420p", "-threads", "1",
      "-g", String(gop), "-keyint_min", String(gop), "-sc_threshold", "0",
      "-b:v", `${kbps}k`, "-maxrate", `${kbps}k`, "-bufsize", `${kbps}k`, "-fps_mode", "cfr", "-r", String(fps),
      ...(sound ? ["-c:a", "aac", "-b:a", "96k", "-ac", "2"] : []), "-flags", "+global_header", "-flush_packets", "1",
      ...sinks,
    ],
    sound ? { stdin: "pipe", input: "pipe" } : { stdin: "pipe" },
  );
  const { stdin } = program.process;
  if (stdin === null) throw new Error("ffmpeg has no standard input");
  const microphone = sound ? (program.process.stdio[3] as Writable) : undefined;
  // The encoder is gone: `exited` says so.
  for (const input of [stdin, microphone]) input?.on("error", () => undefined);
  const noise = noisePicture(width * height * 2);
  const started = Date.now();
  let frames = 0;
  let samples = 0;
  const timer = setInterval(() => {
    const heard = Math.floor(((Date.now() - started) * SOUND_RATE) / 1_000);
    microphone?.write(tone(samples, heard));
    samples = heard;
    while (frames < ((Date.now() - started) * fps) / 1_000) {
      frames += 1;
      if (stdin.writableLength > 4 << 20) continue; // ffmpeg cannot keep up: drop the picture
      stdin.write(stampedPicture(noise, frames, width, height));
    }
  }, 5);
  void program.exited.then(() => clearInterval(timer));
  return {
    program,
    stop: async () => {
      clearInterval(timer);
      stdin.end();
      microphone?.end();
      await program.stop("SIGINT");
    },
  };
}

/** 440 Hz, from one sample to another. */
function tone(from: number, to: number): Buffer {
  const bytes = Buffer.alloc(2 * (to - from));
  for (let i = from; i < to; i++) {
    bytes.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 440 * i) / SOUND_RATE)), 2 * (i - from));
  }
  return bytes;
}

function noisePicture(length: number): Buffer {
  const noise = Buffer.alloc(length);
  for (let i = 0; i < length; i++) noise[i] = 128 + ((i * 2_654_435_761) >>> 27);
  return noise;
}

function stampedPicture(noise: Buffer, frame: number, width: number, height: number): Buffer {
  const size = width * height;
  const offset = (frame * 997) % size;
  const picture = Buffer.from(noise.subarray(offset, offset + size));
  const blockWidth = Math.floor(width / STAMP_COLUMNS);
  const blockHeight = Math.floor(height / 8);
  const now = Date.now() % 2 ** 31;
  for (let bit = 0; bit < STAMP_BITS; bit++) {
    const x = (bit % STAMP_COLUMNS) * blockWidth;
    const y = Math.floor(bit / STAMP_COLUMNS) * blockHeight;
    const level = (now >>> bit) & 1 ? 235 : 16;
    for (let row = 0; row < blockHeight; row++) {
      picture.fill(level, (y + row) * width + x, (y + row) * width + x + blockWidth);
    }
  }
  return picture;
}
