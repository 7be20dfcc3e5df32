// SPDX-License-Identifier: Apache-2.0
// The media half of a node in a process of its own, so that its CPU time is its alone. Prints where it is, as one line of JSON,
// and for each line that it reads how many watch over WebRTC, and how much it sent; ends with SIGTERM. Made for `bench:webrtc`.
import { createInterface } from "node:readline";
import { startOpusTranscoder } from "@tickstream/media-node/streaming";
import { ffmpegPath } from "../support/media/encoder.ts";
import { memoryLog, startStreamingNode } from "../support/system/streaming-node.ts";

const log = memoryLog();
const node = await startStreamingNode({
  ids: ["silent", "sounding", "load"],
  whep: {
    limits: { maxViewers: 10_000, maxViewersPerAddress: 10_000 },
    startTranscoder: (onPacket) => startOpusTranscoder({ ffmpeg: ffmpegPath(), onPacket, log }),
  },
});
const lines = createInterface({ input: process.stdin });
lines.on("line", () => {
  const whep = node.whep.stats();
  const counts = { viewers: whep.viewers, bytes: whep.bytes + node.hls.stats().bytes };
  process.stdout.write(`${JSON.stringify(counts)}\n`);
});
process.once("SIGTERM", () => {
  lines.close();
  process.stdin.destroy();
  void node.stop();
});
const place = {
  origin: node.origin,
  publish: {
    silent: node.publishUrl("silent"),
    sounding: node.publishUrl("sounding"),
    load: node.publishUrl("load"),
  },
};
process.stdout.write(`${JSON.stringify(place)}\n`);
