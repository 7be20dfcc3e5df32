// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from "commander";
import type { CreateStreamOptions, CreatorOptions } from "../stream/run-stream.ts";
import { parseCount, parseUrl } from "../terminal/options.ts";

const NODE = "http://127.0.0.1:8080";

/** `tickstream stream …` */
export function streamCommand(): Command {
  const command = new Command("stream").description("A creator's streams: create, list, end.");
  const withCreator = (sub: Command) =>
    sub
      .option("--node <url>", "the media node", parseUrl("http:", "https:"), NODE)
      .addOption(
        new Option(
          "--suri <secret>",
          "the creator's account: a seed phrase, or //Charlie on a development chain",
        ).env("WALLET_SURI"),
      )
      .option("--json", "print JSON", false);
  command.addCommand(
    withCreator(new Command("create"))
      .description("Register a stream on the chain and at a node, and print its stream key.")
      .requiredOption("--title <text>", "what viewers see")
      .option("--rate <amount>", "price of a second, in whole tokens", "0.001")
      .option("--free", "a stream that costs nothing and needs no chain", false)
      .option("--tick-ms <ms>", "the unit of sale, in milliseconds of media", parseCount, 1000)
      .option("--operator-share <percent>", "the node's part of the price", "5")
      .action(async (options: CreateStreamOptions) => {
        const { createStream } = await import("../stream/run-stream.ts");
        await createStream(options);
      }),
  );
  command.addCommand(
    withCreator(new Command("list"))
      .description("List your streams at a node.")
      .action(async (options: CreatorOptions) => {
        const { listStreams } = await import("../stream/run-stream.ts");
        await listStreams(options);
      }),
  );
  command.addCommand(
    withCreator(new Command("end"))
      .description("End a stream for good: it can't be broadcast again.")
      .argument("<stream>", "its id")
      .action(async (stream: string, options: CreatorOptions) => {
        const { endStream } = await import("../stream/run-stream.ts");
        await endStream(stream, options);
      }),
  );
  return command;
}
