// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from "commander";
import type { WatchOptions } from "../watch/run-watch.ts";
import { parseCount } from "../terminal/options.ts";

/** `tickstream watch` */
export function watchCommand(): Command {
  return new Command("watch")
    .description(
      "Watch a stream without a screen, paying for each second; prints seconds, money and latency.",
    )
    .argument("<stream>", "a stream's id, or the address of its page (http://host:8080/watch/1)")
    .option("--node <url>", "the media node, where only an id is given", "http://127.0.0.1:8080")
    .addOption(
      new Option("--suri <secret>", "the paying account: a seed phrase, or //Bob on a development chain").env(
        "WALLET_SURI",
      ),
    )
    .option(
      "--deposit <amount>",
      "put this much into the tab where a new one is needed, in whole tokens (default: twice the limit)",
    )
    .option("--limit <amount>", "never spend more than this, in whole tokens, opening fees included", "1")
    .option("--seconds <number>", "stop after so many seconds of media", parseCount)
    .option("--out <file>", "write the decrypted media to this file (fragmented MP4)")
    .option(
      "--data-dir <folder>",
      "where the tab's session key and the ticks paid are kept",
      ".tickstream/viewer",
    )
    .option("--json", "one JSON object a line instead of text", false)
    .action(async (stream: string, options: WatchOptions) => {
      const { runWatch } = await import("../watch/run-watch.ts");
      await runWatch(stream, options);
    });
}
