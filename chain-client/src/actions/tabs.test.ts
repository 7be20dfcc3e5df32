// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { planck } from "@tickstream/contracts-types";
import { describe, expect, test } from "vitest";
import { sessionKeyFromChain } from "../codec/pallet-types.ts";
import { getBalance } from "../queries/chain.ts";
import { getTab, getTabsOf } from "../queries/tabs.ts";
import { account, session } from "../testing/accounts.ts";
import { useChain } from "../testing/use-chain.ts";
import { closeTab } from "./close-tab.ts";
import { openTab } from "./open-tab.ts";
import { setSessionKey } from "./set-session-key.ts";
import { topUpTab } from "./top-up-tab.ts";

const chain = useChain(spawnDevchain);

describe("a tab's life", () => {
  const bob = account("Bob");
  const deposit = planck(10n ** 12n);
  const open = (type: "ed25519" | "sr25519" = "ed25519") =>
    openTab(chain.client, {
      signer: bob,
      deposit,
      sessionKey: session(type, "first"),
      expiresAt: chain.client.bestHead().number + 1_000,
    }).included;

  test("opened: the wallet pays the deposit and the fee, the tab has it", async () => {
    const before = await getBalance(chain.client, { account: bob.id });
    const { value, block, fee } = await open();
    const at = block.hash;
    const tab = await getTab(chain.client, { ...value, at });
    expect(tab).toMatchObject({ owner: bob.id, free: deposit, setAside: 0n, channels: 0, closed: false });
    expect(sessionKeyFromChain(tab!.sessionKey)).toEqual({
      type: "ed25519",
      publicKey: session("ed25519", "first").publicKey,
    });
    const after = await getBalance(chain.client, { account: bob.id, at });
    expect(before.free - after.free).toBe(deposit + fee!);
    expect(await getTabsOf(chain.client, { owner: bob.id, at })).toContain(value.tab);
  });

  test("topped up, given another key, closed: everything comes back", async () => {
    const { tab } = (await open("sr25519")).value;
    await topUpTab(chain.client, { signer: bob, tab, amount: planck(5n) }).included;
    const other = session("sr25519", "second");
    await setSessionKey(chain.client, { signer: bob, tab, sessionKey: other }).included;
    const record = await getTab(chain.client, { tab });
    expect(record?.free).toBe(deposit + 5n);
    expect(sessionKeyFromChain(record!.sessionKey).publicKey).toEqual(other.publicKey);

    const { value } = await closeTab(chain.client, { signer: bob, tab }).finalized;
    expect(value).toEqual({ returned: deposit + 5n, removed: true });
    expect(await getTab(chain.client, { tab, at: "finalized" })).toBeNull();
  });

  test("queries: nothing where there is nothing, lists no longer than asked for", async () => {
    expect(await getTab(chain.client, { tab: 1_000_000n })).toBeNull();
    expect(await getTabsOf(chain.client, { owner: account("Nobody").id })).toEqual([]);
    expect(await getBalance(chain.client, { account: account("Nobody").id })).toEqual({
      free: 0n,
      reserved: 0n,
      frozen: 0n,
    });
    const opened = [await open(), await open()].map(({ value }) => value.tab);
    expect(await getTabsOf(chain.client, { owner: bob.id })).toEqual(expect.arrayContaining(opened));
    expect(await getTabsOf(chain.client, { owner: bob.id, limit: 1 })).toHaveLength(1);
  });
});
