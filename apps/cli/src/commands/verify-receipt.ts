// SPDX-License-Identifier: Apache-2.0
import { Command, Option } from "commander";
import type { VerifyReceiptOptions } from "../receipt/run-verify-receipt.ts";
import { parseUrl } from "../terminal/options.ts";

/** `tickstream verify-receipt` */
export function verifyReceiptCommand(): Command {
  return new Command("verify-receipt")
    .description(
      "Check receipts of paid ticks: who promised what to whom, and how many ticks were paid. Needs nothing but the file; with a chain, says too whether it opened the channel and what it paid out.",
    )
    .argument("<file>", "receipts as the viewer app saves them (JSON), or - for standard input")
    .addOption(
      new Option("--chain-url <url>", "ask this chain as well; an archive node answers for old receipts too")
        .env("CHAIN_URL")
        .argParser(parseUrl("ws:", "wss:")),
    )
    .option("--json", "one JSON object a receipt instead of text", false)
    .addHelpText(
      "after",
      "\nExits with 0 where every receipt is valid (and, with a chain, confirmed), with 1 otherwise.",
    )
    .action(async (file: string, options: VerifyReceiptOptions) => {
      const { runVerifyReceipt } = await import("../receipt/run-verify-receipt.ts");
      await runVerifyReceipt(file, options);
    });
}
