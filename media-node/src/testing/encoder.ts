// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A real encoder that publishes a test picture and a tone by RTMP until it is stopped. */
export interface Encoder {
  stop(): Promise<void>;
}

/** What it sends, where not the usual. */
export interface EncoderOptions {
  /** Size of the picture, `320x180` by default. */
  size?: string;
  /** Options of the picture's encoder, in place of low latency and a keyframe a second. */
  video?: string;
  /** Silence in place of a tone. */
  silent?: boolean;
}

export function startEncoder(rtmpPort: number, streamKey: string, options: EncoderOptions = {}): Encoder {
  const { size = "320x180", video = "-tune zerolatency -g 30", silent = false } = options;
  const picture = `-re -f lavfi -i testsrc2=size=${size}:rate=30`;
  const tone = `-f lavfi -i ${silent ? "anullsrc" : "sine=frequency=440"}${silent ? "=" : ":"}sample_rate=48000`;
  const codec = `-c:v libx264 -preset ultrafast ${video} -pix_fmt yuv420p -c:a aac -f flv`;
  const url = `rtmp://127.0.0.1:${rtmpPort}/live/${streamKey}`;
  const args = [...`-loglevel error ${picture} ${tone} ${codec}`.split(" "), url];
  const child = spawn(process.env["FFMPEG_PATH"] ?? "ffmpeg", args, { stdio: "ignore" });
  const gone = once(child, "exit");
  return {
    async stop() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
