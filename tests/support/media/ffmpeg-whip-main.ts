// SPDX-License-Identifier: Apache-2.0
// FFmpeg 8.1's own WHIP muxer: publishes a file at the pace of its timestamps, without encoding. It is a program of its own, as ffmpeg
// would be: the muxer blocks while it connects.
// node ffmpeg-whip-main.ts FILE URL KEY
import { Demuxer, Muxer } from "node-av/api";
import { setTimeout as delay } from "node:timers/promises";

const [file = "", url = "", key = ""] = process.argv.slice(2);
const input = await Demuxer.open(file);
const output = await Muxer.open(url, { format: "whip", options: { authorization: key } });
const streams = input.streams.map((stream) => output.addStream(stream));
/** When the first packet was out: only then it is connected. */
let started: number | undefined;
let first = 0;
for await (const packet of input.packets()) {
  if (packet === null) break;
  const stream = input.streams[packet.streamIndex];
  const to = streams[packet.streamIndex];
  if (stream === undefined || to === undefined) continue;
  const ms = (Number(packet.dts) * 1_000 * stream.timeBase.num) / stream.timeBase.den;
  if (started === undefined) first = ms;
  else await delay(Math.max(0, ms - first - (performance.now() - started)));
  await output.writePacket(packet, to);
  started ??= performance.now();
  packet.free();
}
await output.close();
await input.close();
