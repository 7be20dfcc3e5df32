// SPDX-License-Identifier: Apache-2.0
import { Command } from "commander";
import { chainCommand } from "./commands/chain.ts";
import { nodeCommand } from "./commands/node.ts";
import { signalingCommand } from "./commands/signaling.ts";
import { streamCommand } from "./commands/stream.ts";
import { upCommand } from "./commands/up.ts";
import { verifyReceiptCommand } from "./commands/verify-receipt.ts";
import { watchCommand } from "./commands/watch.ts";
import { packageVersion } from "./package-version.ts";

/** The whole command line. What a command does is loaded when it is run: `--help` answers at once. */
export function createProgram(): Command {
  const program = new Command("tickstream")
    .description("Live video, paid by the second.")
    .version(packageVersion())
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText(
      "after",
      "\nBegin with `tickstream up`, which needs nothing else. Each command has its own --help.",
    );
  for (const command of [
    upCommand(),
    watchCommand(),
    streamCommand(),
    nodeCommand(),
    signalingCommand(),
    chainCommand(),
    verifyReceiptCommand(),
  ]) {
    command.copyInheritedSettings(program);
    program.addCommand(command);
  }
  // Errors are thrown instead of exiting, so that what was started is stopped, and tests can look.
  for (const command of [program, ...program.commands, ...program.commands.flatMap((c) => c.commands)]) {
    command.exitOverride();
  }
  return program;
}
