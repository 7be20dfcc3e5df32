// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";

/** A real encoder that publishes a test picture and a tone by RTMP until it is stopped. */
export interface Encoder {
  stop(): Promise<void>;
}

export function startEncoder(rtmpPort: number, streamKey: string): Encoder {
  const picture = "-re -f lavfi -i testsrc2=size=320x180:rate=30";
  const tone = "-f lavfi -i sine=frequency=440:sample_rate=48000";
  const codec = "-c:v libx264 -preset ultrafast -tune zerolatency -g 30 -pix_fmt yuv420p -c:a aac -f flv";
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
