// SPDX-License-Identifier: Apache-2.0
// A media node as a program: its configuration is the first argument, JSON. Prints `ready` when it serves; SIGTERM stops it.
import { createMediaNode, parseConfig } from "@tickstream/media-node";
import pino from "pino";

const config = parseConfig(JSON.parse(process.argv[2] ?? "{}"));
const log = pino({ level: config.logLevel, base: null });
const node = await createMediaNode({ config, log });
process.once("SIGTERM", () => {
  // No process.exit: a node that has stopped leaves nothing that keeps the process alive.
  node.stop().catch((error: unknown) => {
    log.fatal({ error: String(error) }, "the node did not stop cleanly");
    process.exitCode = 1;
  });
});
process.stdout.write("ready\n");
