// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { expect, test } from "vitest";
import { useChain } from "../testing/use-chain.ts";
import { describeForWallets } from "./describe-for-wallets.ts";

const chain = useChain(spawnDevchain);

test("a chain is described as wallets want it", async () => {
  const described = await describeForWallets(chain.client);
  expect(described).toMatchObject({
    genesisHash: chain.client.genesisHash,
    specVersion: 1,
    ss58Format: 42,
    tokenDecimals: 12,
    tokenSymbol: "UNIT",
  });
  // "meta", the metadata's own first word.
  expect(Buffer.from(described.metaCalls, "base64").subarray(0, 4).toString()).toBe("meta");
  expect(await describeForWallets(chain.client)).toBe(described);
});
