// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from "commander";
import type { UpOptions } from "../up/run-up.ts";
import { parseBlockTime, parsePort, parseUrl } from "../terminal/options.ts";

/** `tickstream up` */
export function upCommand(): Command {
  return new Command("up")
    .description(
      "Start everything on this machine: database, chain, media node, watch page and a paid demo stream.",
    )
    .option("--data-dir <folder>", "where everything is kept", ".tickstream")
    .option("--host <address>", "listen on this address; 0.0.0.0 lets other machines in", "127.0.0.1")
    .option("--http-port <number>", "watch page, API, media and payment", parsePort, 8080)
    .option("--rtmp-port <number>", "broadcasters", parsePort, 1935)
    .option("--chain-port <number>", "the chain's WebSocket RPC", parsePort, 9944)
    .addOption(
      new Option(
        "--chain <kind>",
        "the embedded development chain, or the program that POLKADOT_OMNI_NODE names",
      )
        .choices(["embedded", "omni"])
        .default("embedded"),
    )
    .addOption(
      new Option("--chain-url <url>", "use a running chain instead of starting one")
        .env("CHAIN_URL")
        .argParser(parseUrl("ws:", "wss:")),
    )
    .addOption(
      new Option("--database-url <url>", "use a running PostgreSQL instead of starting one")
        .env("DATABASE_URL")
        .argParser(parseUrl("postgres:", "postgresql:")),
    )
    .option(
      "--block-time <ms>",
      "a block in this time; below 6000 the chain's clock runs ahead",
      parseBlockTime,
      6000,
    )
    .option("--no-demo", "publish no demo clip")
    .option("--verbose", "log what the node does", false)
    .addHelpText(
      "after",
      `
It is for development: accounts are well-known, money is play money, and the page offers a development wallet.
Ctrl-C stops everything in order; starting again goes on with the same chain, ledger and streams.`,
    )
    .action(async (options: UpOptions) => {
      const { runUp } = await import("../up/run-up.ts");
      await runUp(options);
    });
}
