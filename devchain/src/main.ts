// SPDX-License-Identifier: Apache-2.0
// The development chain as a process: `node main.ts --data-dir D [--port P] [--block-time MS]`.
// Prints {"ready":true,"url":…,"genesisHash":…,"head":…} as one line, then {"head":{…}} for every block, and logs on stderr.
import { parseArgs } from "node:util";
import { DevchainError, messageOf } from "./errors.ts";
import { startDevchain } from "./start-devchain.ts";
import type { Devchain } from "./start-devchain.ts";

/** What cannot be stopped in this time is given up: every announced block is on disk anyway. */
const STOP_TIMEOUT_MS = 2_500;

const USAGE = `The Tickstream development chain: for development and tests only.
  --data-dir DIR       where genesis and blocks are kept (needed)
  --port PORT          9944; 0 takes any free one
  --host HOST          127.0.0.1
  --block-time MS      6000; less makes the chain's clock run ahead
  --wasm FILE          the runtime, by default the repository's own
  --ignore-sigint      a parent coordinates Ctrl-C and sends SIGTERM
  --exit-with-parent   stop when standard input closes
`;

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function wholeNumber(text: string | undefined, name: string, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most)
    throw new TypeError(`--${name} must be a whole number up to ${most}`);
  return value;
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      "data-dir": { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      "block-time": { type: "string" },
      wasm: { type: "string" },
      "ignore-sigint": { type: "boolean", default: false },
      "exit-with-parent": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    help: values.help,
    ignoreSigint: values["ignore-sigint"],
    exitWithParent: values["exit-with-parent"],
    dataDir: values["data-dir"],
    port: wholeNumber(values.port, "port", 65_535),
    blockTimeMs: wholeNumber(values["block-time"], "block-time", 3_600_000),
    host: values.host,
    wasmPath: values.wasm,
  };
}

async function main(): Promise<void> {
  const { help, ignoreSigint, exitWithParent, dataDir, port, blockTimeMs, host, wasmPath } = readArguments();
  if (help || dataDir === undefined) {
    process.stdout.write(USAGE);
    if (!help) process.exitCode = 2;
    return;
  }
  let chain: Devchain | undefined;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Before the chain is up there is nothing that a plain exit would lose.
    if (chain === undefined) process.exit(0);
    setTimeout(() => process.exit(0), STOP_TIMEOUT_MS).unref();
    chain.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        say({ error: { message: messageOf(error) } });
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  process.on("SIGINT", () => {
    if (!ignoreSigint) stop();
  });
  if (exitWithParent) {
    // The parent's end of the pipe closes however it dies.
    process.stdin.on("end", stop).on("close", stop).on("error", stop).resume();
  }
  // Nobody reads any more.
  process.stdout.on("error", stop);
  process.stderr.on("error", stop);
  chain = await startDevchain(
    {
      dataDir,
      ...(port === undefined ? {} : { port }),
      ...(host === undefined ? {} : { host }),
      ...(blockTimeMs === undefined ? {} : { blockTimeMs }),
      ...(wasmPath === undefined ? {} : { wasmPath }),
      log: (entry) => process.stderr.write(`${JSON.stringify(entry)}\n`),
    },
    { onHead: (head) => say({ head }) },
  );
  say({ ready: true, url: chain.url, genesisHash: chain.genesisHash, head: chain.head() });
}

try {
  await main();
} catch (error) {
  const code = error instanceof DevchainError ? error.code : "start-failed";
  say({ error: { code, message: messageOf(error) } });
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
