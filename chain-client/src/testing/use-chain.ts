// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { ChainClient } from "../client/chain-client.ts";
import { createChainClient } from "../client/create-chain-client.ts";

/** How a test file starts a chain: `spawnDevchain` of @tickstream/devchain, which only tests may import. */
export type SpawnChain = (options: {
  dataDir: string;
  port: number;
  blockTimeMs: number;
}) => Promise<{ url: string; stop(): Promise<void> }>;

/** A real chain with throw-away data for one test file, and a client of it. */
export function useChain(
  spawn: SpawnChain,
  blockTimeMs = 500,
): { readonly url: string; readonly client: ChainClient } {
  const ends: (() => Promise<unknown>)[] = [];
  const chain: { url?: string; client?: ChainClient } = {};
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "tickstream-chain-client-"));
    ends.push(() => rm(dataDir, { recursive: true, force: true }));
    const started = await spawn({ dataDir, port: 0, blockTimeMs });
    ends.push(() => started.stop());
    const client = await createChainClient({ url: started.url });
    ends.push(() => client.disconnect());
    Object.assign(chain, { url: started.url, client });
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("the chain runs within tests only");
    return value;
  };
  return {
    get url() {
      return started(chain.url);
    },
    get client() {
      return started(chain.client);
    },
  };
}
