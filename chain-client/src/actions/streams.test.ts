// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { planck } from "@tickstream/contracts-types";
import { describe, expect, test } from "vitest";
import { ChainCallError } from "../errors.ts";
import { tickStreamEvents } from "../events/chain-event.ts";
import { getBalance, getConstants } from "../queries/chain.ts";
import { getStream, getTerms } from "../queries/streams.ts";
import { account } from "../testing/accounts.ts";
import { useChain } from "../testing/use-chain.ts";
import { registerStream } from "./register-stream.ts";
import { removeTerms } from "./remove-terms.ts";
import { retireStream } from "./retire-stream.ts";
import { tip } from "./tip.ts";
import { updateStream } from "./update-stream.ts";
import { updateTerms } from "./update-terms.ts";

const chain = useChain(spawnDevchain);

describe("a stream's life", () => {
  const alice = account("Alice");
  const dave = account("Dave");
  const price = (rate: bigint) => ({
    rate: planck(rate),
    operatorShare: 50_000_000,
    payees: [
      { account: alice.id, share: 750_000_000 },
      { account: dave.id, share: 250_000_000 },
    ],
  });
  const register = () =>
    registerStream(chain.client, { signer: alice, ...price(10n ** 9n), metadata: "Grüße" }).included;

  test("registered: its record, its terms and the deposits", async () => {
    const before = await getBalance(chain.client, { account: alice.id });
    const { value, block } = await register();
    const at = block.hash;
    expect(value).toEqual({ stream: 1n, terms: 1, rate: 10n ** 9n });
    expect(await getStream(chain.client, { stream: value.stream, at })).toMatchObject({
      creator: alice.id,
      operators: [],
      metadata: "0x4772c3bcc39f65",
      tickMs: 1_000,
      currentTerms: 1,
      retired: false,
    });
    expect(await getTerms(chain.client, { stream: value.stream, version: 1, at })).toMatchObject({
      ...price(10n ** 9n),
      replacedAt: null,
      channels: 0,
    });
    const { streamDeposit, termsDeposit } = getConstants(chain.client);
    const after = await getBalance(chain.client, { account: alice.id, at });
    expect(after.reserved - before.reserved).toBe(streamDeposit + termsDeposit);
  });

  test("a new price is a new version, and the old one can't be removed yet", async () => {
    const { stream } = (await register()).value;
    const { value } = await updateTerms(chain.client, { signer: alice, stream, ...price(2n) }).included;
    expect(value).toEqual({ terms: 2 });
    expect((await getStream(chain.client, { stream }))?.currentTerms).toBe(2);
    const removing = removeTerms(chain.client, { signer: alice, stream, version: 1 });
    await expect(removing.included).rejects.toMatchObject({
      code: "call-refused",
      shortMessage: "These terms can still open channels, so they cannot be removed yet.",
      failure: { pallet: "TickStream", name: "TermsStillOpen" },
    });
  });

  test("changed, tipped and retired", async () => {
    const { stream } = (await register()).value;
    const operators = [dave.id];
    await updateStream(chain.client, { signer: alice, stream, operators }).included;
    expect(await getStream(chain.client, { stream })).toMatchObject({ operators, metadata: "0x" });

    const before = await getBalance(chain.client, { account: dave.id });
    const amount = planck(4_000_000_000n);
    const tipped = await tip(chain.client, { signer: account("Bob"), stream, amount, note: "Bravo" })
      .included;
    expect(tickStreamEvents(tipped.events)).toMatchObject([
      { name: "Tipped", data: { amount, note: "0x427261766f" } },
    ]);
    const after = await getBalance(chain.client, { account: dave.id, at: tipped.block.hash });
    expect(after.free - before.free).toBe(1_000_000_000n);

    const retired = await retireStream(chain.client, { signer: alice, stream }).included;
    expect(tickStreamEvents(retired.events).map(({ name }) => name)).toContain("StreamRetired");
    expect(await getStream(chain.client, { stream, at: retired.block.hash })).toBeNull();
  });

  test("a refusal costs the fee only and is the pallet's sentence", async () => {
    const { stream } = (await register()).value;
    const handle = retireStream(chain.client, { signer: dave, stream });
    const error: unknown = await handle.finalized.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ChainCallError);
    expect(error).toMatchObject({ shortMessage: "Only the stream's creator may do this." });
    await expect(handle.included).rejects.toBeInstanceOf(ChainCallError);
  });
});
