// SPDX-License-Identifier: Apache-2.0
import { createMediaNode, loadConfig } from "@tickstream/media-node";
import { createLog } from "../terminal/create-log.ts";
import { runUntilStopped } from "../terminal/run-until-stopped.ts";

/** Runs a media node against a database and a chain that others run, until Ctrl-C or SIGTERM. */
export function runNode(options: { config?: string }): Promise<void> {
  return runUntilStopped(async ({ terminal, start }) => {
    const config = await loadConfig({
      ...(options.config === undefined ? {} : { file: options.config }),
      env: process.env,
    });
    const node = await start("media node", () =>
      createMediaNode({ config, log: createLog(config.logLevel) }),
    );
    terminal.step(`HTTP on port ${node.httpPort}, RTMP on port ${node.rtmpPort}; Ctrl-C stops in order`);
  });
}
