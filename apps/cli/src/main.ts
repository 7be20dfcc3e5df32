// SPDX-License-Identifier: Apache-2.0
import { CommanderError } from "commander";
import { CliError, errorLine } from "./cli-error.ts";
import { createProgram } from "./program.ts";

/** Runs a command line. What a person can mend is one line on stderr and exit code 1; anything else shows its stack. */
export async function main(args: string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode; // commander has said it
      return;
    }
    process.stderr.write(`tickstream: ${errorLine(error)}\n`);
    if (process.env["DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = error instanceof CliError ? error.exitCode : 1;
  }
}
