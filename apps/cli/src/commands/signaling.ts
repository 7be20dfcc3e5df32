// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from "commander";
import type { SignalingOptions } from "../signaling/run-signaling.ts";
import { parsePort, parseUrl } from "../terminal/options.ts";

/** `tickstream signaling` */
export function signalingCommand(): Command {
  return new Command("signaling")
    .description(
      "Run a signaling server beside a media node: takes the sockets of publishers and viewers off it, sharing rooms by Redis.",
    )
    .option("--host <address>", "listen on this address", "127.0.0.1")
    .option("--port <number>", "the WebSocket's port", parsePort, 8090)
    .option(
      "--node <url>",
      "the media node that knows the streams and who may join",
      parseUrl("http:", "https:"),
      "http://127.0.0.1:8080",
    )
    .addOption(
      new Option("--redis-url <url>", "share rooms with every server, and node, that uses this Redis")
        .env("REDIS_URL")
        .argParser(parseUrl("redis:", "rediss:")),
    )
    .option("--verbose", "log what it does", false)
    .action(async (options: SignalingOptions) => {
      const { runSignaling } = await import("../signaling/run-signaling.ts");
      await runSignaling(options);
    });
}
