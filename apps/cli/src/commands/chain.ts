// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";
import { parseBlockTime, parsePort } from "../terminal/options.ts";

/** `tickstream chain` */
export function chainCommand(): Command {
  return new Command("chain")
    .description(
      "Run the development chain alone: the real runtime, embedded, for development and tests only.",
    )
    .option("--data-dir <folder>", "where blocks are kept", ".tickstream/chain")
    .option("--host <address>", "listen on this address", "127.0.0.1")
    .option("--port <number>", "WebSocket RPC port", parsePort, 9944)
    .option(
      "--block-time <ms>",
      "a block in this time; below 6000 the chain's clock runs ahead",
      parseBlockTime,
      6000,
    )
    .action(async (options: { dataDir: string; host: string; port: number; blockTime: number }) => {
      const { runChain } = await import("../chain/run-chain.ts");
      await runChain(options);
    });
}
