// SPDX-License-Identifier: Apache-2.0
import { startDevchain } from "@tickstream/devchain";
import { runUntilStopped } from "../terminal/run-until-stopped.ts";

/** Runs the development chain in this process until Ctrl-C. */
export function runChain(options: {
  dataDir: string;
  host: string;
  port: number;
  blockTime: number;
}): Promise<void> {
  return runUntilStopped(async ({ terminal, start }) => {
    terminal.step(`starting the chain in ${options.dataDir}`);
    const chain = await start("chain", () =>
      startDevchain({
        dataDir: options.dataDir,
        host: options.host,
        port: options.port,
        blockTimeMs: options.blockTime,
        log: ({ level, msg }) => (level === "info" ? undefined : terminal.warn(`chain: ${msg}`)),
      }),
    );
    terminal.step(`development chain at ${chain.url}, block ${chain.head().number}`);
    terminal.step(`genesis ${chain.genesisHash}`);
    terminal.step("Ctrl-C stops it; starting again goes on from here");
  });
}
