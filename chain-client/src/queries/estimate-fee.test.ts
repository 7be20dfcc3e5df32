// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { planck, streamId } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { openTab } from "../actions/open-tab.ts";
import { sessionKeyToChain } from "../codec/pallet-types.ts";
import { account, session } from "../testing/accounts.ts";
import { useChain } from "../testing/use-chain.ts";
import { estimateFee } from "./estimate-fee.ts";
import { getConstants } from "./chain.ts";

const chain = useChain(spawnDevchain);

test("a fee is estimated as it is charged, and nothing is sent", async () => {
  const { client } = chain;
  const bob = account("Bob");
  const { minTab } = getConstants(client);
  const sessionKey = session("ed25519", "device");
  const args = { deposit: minTab, sessionKey, expiresAt: client.bestHead().number + 1_000 };
  const estimated = await estimateFee(client, {
    call: "openTab",
    args: { ...args, sessionKey: sessionKeyToChain(sessionKey) },
    from: bob.id,
  });
  const { fee } = await openTab(client, { signer: bob, ...args }).included;
  // A tip and a nonce of more digits take a byte or two more.
  expect(Number(estimated) / Number(fee)).toBeCloseTo(1, 1);
});

test("a longer call costs more, whoever would sign it", async () => {
  const { client } = chain;
  const tip = (note: `0x${string}`) =>
    estimateFee(client, {
      call: "tip",
      args: { stream: streamId(1), amount: planck(1n), note },
      from: account("Nobody").id,
    });
  expect(await tip(`0x${"00".repeat(256)}`)).toBeGreaterThan(await tip("0x"));
});
