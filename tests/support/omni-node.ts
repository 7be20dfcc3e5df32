// SPDX-License-Identifier: Apache-2.0
// The production node in development mode: a stock polkadot-omni-node that executes the repository's runtime.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, runProgram, startProgram } from "./program.ts";
import { RUNTIME_WASM } from "./repository.ts";

/** Path of the polkadot-omni-node to test with, or `undefined` where none is named. */
export const OMNI_NODE = process.env.POLKADOT_OMNI_NODE;

/** Why the tests on the real node do not run, for the test's name. */
export const OMNI_NODE_SKIPPED = "POLKADOT_OMNI_NODE names no polkadot-omni-node";

/** A running node. */
export interface OmniNode {
  readonly url: string;
  readonly program: Program;
  stop(): Promise<void>;
}

/**
 * Starts a node on a fresh chain of the built runtime and its `development` preset; RPC answers when this resolves.
 * Blocks are final at once. Its state is kept for every block, so that an auditor can look back.
 */
export async function startOmniNode(options: { blockTimeMs: number }): Promise<OmniNode> {
  if (OMNI_NODE === undefined) throw new Error(OMNI_NODE_SKIPPED);
  const folder = await mkdtemp(join(tmpdir(), "tickstream-omni-"));
  const spec = join(folder, "chain-spec.json");
  try {
    const create = "create -t development --relay-chain rococo-local --para-id 2000";
    // prettier-ignore
    await runProgram(OMNI_NODE, ["chain-spec-builder", "--chain-spec-path", spec, ...create.split(" "),
      "--runtime", RUNTIME_WASM, "named-preset", "development"]);
    const quiet = "--no-prometheus --no-mdns --no-telemetry --listen-addr /ip4/127.0.0.1/tcp/0";
    const archive = "--state-pruning archive --blocks-pruning archive";
    const rpc = "--rpc-port 0 --rpc-methods unsafe --rpc-cors all --rpc-max-connections 200";
    // prettier-ignore
    const program = startProgram(OMNI_NODE, ["--chain", spec, "--base-path", join(folder, "data"),
      "--dev-block-time", String(options.blockTimeMs), ...`${rpc} ${archive} ${quiet}`.split(" ")]);
    try {
      const [, port] = await program.waitFor(/Running JSON-RPC server: addr=127\.0\.0\.1:(\d+)/);
      return {
        url: `ws://127.0.0.1:${port}`,
        program,
        stop: async () => {
          await program.stop();
          await rm(folder, { recursive: true, force: true });
        },
      };
    } catch (error) {
      await program.stop();
      throw error;
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
