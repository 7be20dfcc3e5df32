// SPDX-License-Identifier: Apache-2.0
import { styleText } from "node:util";

/** Where a command tells people what it is doing. */
export interface Terminal {
  /** A finished or beginning step, one line. */
  step(text: string): void;
  warn(text: string): void;
  /** Anything else, as it is. */
  print(text?: string): void;
}

/** Lines on stdout; colour only where somebody looks (NO_COLOR and pipes are respected by styleText). */
export function createTerminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  // A terminal that closed (or `| head`) must not take the program down before it has stored everything.
  stream.on("error", () => undefined);
  const write = (line: string) => {
    if (!stream.destroyed) stream.write(`${line}\n`);
  };
  return {
    step: (text) => write(`${styleText("dim", "·")} ${text}`),
    warn: (text) => write(`${styleText("yellow", "!")} ${text}`),
    print: (text = "") => write(text),
  };
}
