// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { closeMessage, hexToBytes, planck, splitTicks } from "@tickstream/contracts-types";
import { describe, expect, test } from "vitest";
import { commitmentFromChain } from "../codec/pallet-types.ts";
import { findEvent } from "../events/chain-event.ts";
import { getBalance, getConstants } from "../queries/chain.ts";
import { getChannel, getChannelsOf } from "../queries/channels.ts";
import { getTab } from "../queries/tabs.ts";
import { offerAndTab, OPEN_FEE, promise, RATE } from "../testing/channel.ts";
import { useChain } from "../testing/use-chain.ts";
import { finalizeChannel } from "./finalize-channel.ts";
import { openBatch } from "./open-batch.ts";
import { openChannel } from "./open-channel.ts";
import { requestCloseBySessionKey } from "./request-close-by-session-key.ts";
import { requestClose } from "./request-close.ts";
import { settleBatch } from "./settle-batch.ts";
import { settle } from "./settle.ts";

const chain = useChain(spawnDevchain);

describe.each(["ed25519", "sr25519"] as const)("channels of an %s session key", (type) => {
  test("opened, settled twice, closed: to the planck", async () => {
    const { client } = chain;
    const offer = await offerAndTab(client, type);
    const { channel, chain: hashes, ...promised } = promise(client, offer, { nonce: 1 });
    const signer = offer.charlie;
    const before = await getBalance(client, { account: offer.alice.id });

    const opened = await openChannel(client, { signer, ...promised }).included;
    expect(opened.value.channel).toBe(channel);
    const event = findEvent(opened.events, "ChannelOpened");
    expect(commitmentFromChain(event!.commitment)).toEqual(promised.commitment);
    expect(await getChannelsOf(client, { tab: offer.tab, at: opened.block.hash })).toEqual([channel]);
    expect(await getChannel(client, { channel, at: opened.block.hash })).toMatchObject({
      tab: offer.tab,
      operator: offer.charlie.id,
      settled: 0,
      closeRequested: false,
    });

    const first = await settle(client, {
      signer,
      channel,
      ticks: 10,
      preimage: hashes.preimage(10),
      hashes: 10,
    }).included;
    expect(first.value).toMatchObject({ channel, from: 0, ticks: 10, amount: 10n * RATE });
    const last = { channel, ticks: 43, preimage: hashes.preimage(43), hashes: 33, close: true };
    const { value, block } = await settleBatch(client, { signer, items: [last] }).finalized;
    expect(value.failed).toEqual([]);
    expect(value.settled).toMatchObject([{ channel, from: 10, ticks: 43 }]);
    expect(value.ended).toEqual([{ channel, paid: 43n * RATE, freed: 57n * RATE }]);

    const terms = { rate: RATE, operatorShare: 50_000_000, payees: [1_000_000_000] };
    const after = await getBalance(client, { account: offer.alice.id, at: block.hash });
    expect(after.free - before.free).toBe(splitTicks(terms, 0, 43).payees[0]);
    const tab = await getTab(client, { tab: offer.tab, at: block.hash });
    expect(tab).toMatchObject({ free: planck(10n ** 12n - OPEN_FEE - 43n * RATE), setAside: 0n });
    expect(await getChannel(client, { channel, at: "finalized" })).toBeNull();
  });

  test("the session key asks for the end, without a wallet or a fee, once", async () => {
    const { client } = chain;
    const offer = await offerAndTab(client, type);
    const { channel, ...promised } = promise(client, offer, { nonce: 1 });
    await openChannel(client, { signer: offer.charlie, ...promised }).included;
    const message = closeMessage({ genesisHash: hexToBytes(client.genesisHash), channel });
    const signature = offer.sessionKey.sign(message);
    const { value, fee, block } = await requestCloseBySessionKey(client, { channel, signature }).finalized;
    expect(fee).toBeNull();
    expect(value.end).toBe(block.number + getConstants(client).grace);
    expect(await getChannel(client, { channel })).toMatchObject({ closeRequested: true, end: value.end });
    // The first one has done it: the chain calls the second stale.
    await expect(requestCloseBySessionKey(client, { channel, signature }).included).rejects.toMatchObject({
      code: "transaction-usurped",
    });
  });
});

describe("batches", () => {
  test("a bad item fails with the pallet's words, the others stand", async () => {
    const { client } = chain;
    const offer = await offerAndTab(client);
    const good = promise(client, offer, { nonce: 1 });
    const wrongRate = promise(client, offer, { nonce: 2, rate: planck(RATE + 1n) });
    const signer = offer.charlie;
    const { value } = await openBatch(client, { signer, items: [wrongRate, good] }).included;
    expect(value.opened).toEqual([good.channel]);
    expect(value.failed).toEqual([
      {
        index: 0,
        channel: wrongRate.channel,
        failure: {
          pallet: "TickStream",
          name: "RateMismatch",
          sentence: "The commitment names another rate than the stream's terms.",
        },
      },
    ]);

    const item = { ticks: 5, preimage: good.chain.preimage(5), hashes: 5, close: false };
    const items = [
      { ...item, channel: good.channel, preimage: good.chain.preimage(6) },
      { ...item, channel: wrongRate.channel },
      { ...item, channel: good.channel },
      { channel: good.channel, ticks: 5, preimage: null, hashes: 0, close: true },
    ];
    const settled = (await settleBatch(client, { signer, items }).included).value;
    expect(settled.failed.map(({ index, failure }) => [index, failure.name])).toEqual([
      [0, "InvalidPreimage"],
      [1, "ChannelNotFound"],
    ]);
    expect(settled.settled).toMatchObject([{ from: 0, ticks: 5 }]);
    expect(settled.ended).toMatchObject([{ paid: 5n * RATE }]);
  });
});

describe("the end of a channel", () => {
  test("asked for by the wallet", async () => {
    const { client } = chain;
    const offer = await offerAndTab(client);
    const { channel, ...promised } = promise(client, offer, { nonce: 1 });
    await openChannel(client, { signer: offer.charlie, ...promised }).included;
    const { value, block } = await requestClose(client, { signer: offer.bob, channel }).included;
    expect(value.end).toBe(block.number + getConstants(client).grace);
    await expect(finalizeChannel(client, { signer: offer.bob, channel }).included).rejects.toMatchObject({
      failure: { name: "ChannelNotOver" },
    });
  });

  test("after its time anyone finalizes it, and the tab has the money back", async () => {
    const { client } = chain;
    const offer = await offerAndTab(client);
    const { channel, commitment, signature } = promise(client, offer, { nonce: 1, livesFor: 6 });
    await openChannel(client, { signer: offer.charlie, commitment, signature }).included;
    await new Promise<void>((resolve) => {
      const unsubscribe = client.onBestHead(({ number }) => {
        if (number < commitment.expiresAt) return;
        unsubscribe();
        resolve();
      });
    });
    const { value } = await finalizeChannel(client, { signer: offer.bob, channel }).included;
    expect(value).toEqual({ paid: 0n, freed: 100n * RATE });
  });
});
