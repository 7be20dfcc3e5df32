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
  stop(): Promise<void>;
}

/** Starts a chain with throw-away data. */
export async function startTestChain(
  kind: ChainKind = "devchain",
  options: { blockTimeMs?: number } = {},
): Promise<TestChain> {
  const { blockTimeMs = 1_000 } = options;
  if (kind === "omni-node") {
    const node = await startOmniNode({ blockTimeMs });
    return { kind, url: node.url, stop: () => node.stop() };
  }
  const dataDir = await mkdtemp(join(tmpdir(), "tickstream-chain-"));
  try {
    const chain = await spawnDevchain({ dataDir, port: 0, blockTimeMs });
    return {
      kind,
      url: chain.url,
      stop: async () => {
        await chain.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}
