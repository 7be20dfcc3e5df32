// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError } from "../cli-error.ts";
import { keepLines } from "../processes/keep-lines.ts";
import type { Part } from "../processes/keep-running.ts";
import { startWatchdog } from "../processes/watchdog.ts";

const RUNTIME = fileURLToPath(
  new URL("../../../../runtime/wasm/tickstream_runtime.compact.compressed.wasm", import.meta.url),
);
const START_TIMEOUT_MS = 60_000;

export interface OmniNodeOptions {
  /** The program: a stock polkadot-omni-node. */
  program: string;
  /** Where it keeps its chain. */
  folder: string;
  port: number;
  blockTimeMs: number;
}

/** A running polkadot-omni-node. */
export interface OmniNode extends Part {
  url: string;
  force(): void;
}

/** Starts the production node in its development mode: the same runtime, blocks that are final at once. */
export async function startOmniNode(options: OmniNodeOptions): Promise<OmniNode> {
  const { program, folder } = options;
  await mkdir(folder, { recursive: true });
  const spec = join(folder, "chain-spec.json");
  if (!existsSync(spec)) await createChainSpec(program, spec);
  const rpc = `--rpc-port ${options.port} --rpc-methods unsafe --rpc-cors all`;
  const quiet = "--no-prometheus --no-mdns --no-telemetry --listen-addr /ip4/127.0.0.1/tcp/0";
  const args = `--dev-block-time ${options.blockTimeMs} ${rpc} ${quiet}`.split(" ");
  const child = spawn(program, ["--chain", spec, "--base-path", join(folder, "data"), ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ready = Promise.withResolvers<string>();
  const lines = keepLines(child, (line) => {
    const [, port] = /Running JSON-RPC server: addr=127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port) ready.resolve(port);
  });
  child.once("error", (cause) =>
    ready.reject(new CliError(`${program} can't be started: ${cause.message}`, { cause })),
  );
  const ended = new Promise<string>((resolve) => {
    child.once("close", (code, signal) => {
      ready.reject(new CliError(`polkadot-omni-node ended: ${lines().at(-1) ?? "it said nothing"}`));
      resolve(signal ?? `exit code ${code}`);
    });
  });
  const timeout = setTimeout(
    () => ready.reject(new CliError("polkadot-omni-node didn't start in time")),
    START_TIMEOUT_MS,
  );
  const watchdog =
    child.pid === undefined ? undefined : startWatchdog({ pid: child.pid, signals: ["TERM", "KILL"] });
  const stop = async () => {
    const forced = setTimeout(() => child.kill("SIGKILL"), 2_000);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(forced);
    watchdog?.kill("SIGKILL");
  };
  try {
    return {
      url: `ws://127.0.0.1:${await ready.promise}`,
      stop,
      ended,
      force: () => void child.kill("SIGKILL"),
    };
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw error;
  } finally {
    clearTimeout(timeout);
  }
}

async function createChainSpec(program: string, spec: string): Promise<void> {
  const unfinished = `${spec}.new`;
  const create = "create -t development --relay-chain rococo-local --para-id 2000";
  const child = spawn(
    program,
    [
      "chain-spec-builder",
      "--chain-spec-path",
      unfinished,
      ...create.split(" "),
      "--runtime",
      RUNTIME,
    ].concat("named-preset", "development"),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines = keepLines(child);
  const [code] = (await once(child, "close").catch((cause: Error) => {
    throw new CliError(`${program} can't be started: ${cause.message}`, { cause });
  })) as [number | null];
  if (code !== 0)
    throw new CliError(`polkadot-omni-node made no chain spec: ${lines().at(-1) ?? `exit code ${code}`}`);
  await rename(unfinished, spec);
}
