// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnDevchain } from "@tickstream/devchain";
import { startOmniNode } from "./omni-node.ts";

/** The chains that a test may have to hold on: the embedded one, and the production node in development mode. */
export type ChainKind = "devchain" | "omni-node";

/** A fresh chain of the built runtime, in processes of its own. */
export interface TestChain {
  readonly kind: ChainKind;
  readonly url: string;
  /** Ends its process: connections are cut, and nobody answers at its address until `resume`. */
  pause(): Promise<void>;
  /** Starts it again, at the same address and from the same data. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a chain with throw-away data. */
export async function startTestChain(
  kind: ChainKind = "devchain",
  options: { blockTimeMs?: number } = {},
): Promise<TestChain> {
  const { blockTimeMs = 1_000 } = options;
  const dataDir = await mkdtemp(join(tmpdir(), "tickstream-chain-"));
  const run = (port: number): Promise<RunningChain> =>
    kind === "omni-node"
      ? startOmniNode({ dataDir, port, blockTimeMs })
      : spawnDevchain({ dataDir, port, blockTimeMs });
  try {
    let running = await run(0);
    const { url } = running;
    return {
      kind,
      url,
      pause: () => running.stop(),
      resume: async () => {
        running = await run(Number(new URL(url).port));
      },
      stop: async () => {
        await running.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

interface RunningChain {
  readonly url: string;
  stop(): Promise<void>;
}
