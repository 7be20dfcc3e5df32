// SPDX-License-Identifier: Apache-2.0
// The production node in development mode: a stock polkadot-omni-node that executes the repository's runtime.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram, startProgram } from "./program.ts";
import { RUNTIME_WASM } from "./repository.ts";

/** Path of the polkadot-omni-node to test with, or `undefined` where none is named. */
export const OMNI_NODE = process.env.POLKADOT_OMNI_NODE;

/** Why the tests on the real node do not run, for the test's name. */
export const OMNI_NODE_SKIPPED = "POLKADOT_OMNI_NODE names no polkadot-omni-node";

/** A running node. */
interface OmniNode {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a node on the built runtime and its `development` preset; RPC answers when this resolves. Where the folder has a chain,
 * it goes on with that. Blocks are final at once. Its state is kept for every block, so that an auditor can look back.
 */
export async function startOmniNode(options: {
  dataDir: string;
  /** 0: any that is free. */
  port: number;
  blockTimeMs: number;
}): Promise<OmniNode> {
  if (OMNI_NODE === undefined) throw new Error(OMNI_NODE_SKIPPED);
  const { dataDir, blockTimeMs } = options;
  const spec = join(dataDir, "chain-spec.json");
  if (!existsSync(spec)) {
    const create = "create -t development --relay-chain rococo-local --para-id 2000";
    // prettier-ignore
    await runProgram(OMNI_NODE, ["chain-spec-builder", "--chain-spec-path", spec, ...create.split(" "),
      "--runtime", RUNTIME_WASM, "named-preset", "development"]);
  }
  const quiet = "--no-prometheus --no-mdns --no-telemetry --listen-addr /ip4/127.0.0.1/tcp/0";
  const archive = "--state-pruning archive --blocks-pruning archive";
  const rpc = `--rpc-port ${options.port} --rpc-methods unsafe --rpc-cors all --rpc-max-connections 200`;
  // prettier-ignore
  const program = startProgram(OMNI_NODE, ["--chain", spec, "--base-path", join(dataDir, "data"),
    "--dev-block-time", String(blockTimeMs), ...`${rpc} ${archive} ${quiet}`.split(" ")]);
  const stop = async (): Promise<void> => void (await program.stop());
  try {
    const [, port] = await program.waitFor(/Running JSON-RPC server: addr=127\.0\.0\.1:(\d+)/);
    return { url: `ws://127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
