// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";

/** `tickstream node` */
export function nodeCommand(): Command {
  return new Command("node")
    .description(
      "Run a media node for others: against your own PostgreSQL and a chain, configured by file and environment.",
    )
    .option("--config <file>", "a JSON file; what the environment sets comes first")
    .action(async (options: { config?: string }) => {
      const { runNode } = await import("../node/run-node.ts");
      await runNode(options);
    });
}
