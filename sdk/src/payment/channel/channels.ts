// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "@tickstream/chain-client";
import {
  closeMessage,
  fromSs58,
  hexToBytes,
  planck,
  type AccountId,
  type chain as chainTypes,
  type ChannelId,
  type Planck,
  type StreamId,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../../client.ts";
import { SdkError } from "../../errors.ts";
import {
  followTransaction,
  transactionSigner,
  type TransactionOptions,
} from "../../wallet/follow-transaction.ts";
import type { ChannelRecord, SessionStore } from "../session-store.ts";
import { archiveChannel } from "./archive-channel.ts";
import { lockChannel } from "./channel-lock.ts";

/**
 * Why a channel's money is not back in its tab yet: `open` — it can still be paid with; `closing` — its end was asked for,
 * and the node may still settle what it is owed; `over` — nobody can settle any more, and anyone may finalize it.
 */
export type ChannelHold = "open" | "closing" | "over";

/** A channel on the chain: money of a tab that only one stream can get. */
export interface ChannelSummary {
  channel: ChannelId;
  tab: bigint;
  stream: StreamId;
  operator: AccountId;
  /** Plancks per tick. */
  rate: Planck;
  maxTicks: number;
  /** Ticks that the chain has paid out. */
  settled: number;
  /** Ticks that this device paid; `null` for another device's channel. */
  paid: number | null;
  /** Plancks set aside that are not paid out yet. */
  locked: Planck;
  /** The last block in which the node may settle. */
  end: number;
  hold: ChannelHold;
  /** Whether this device can end it without the wallet. */
  ours: boolean;
}

export interface ListChannelsOptions {
  client: TickstreamClient;
  /** SS58 address: the channels of the tabs that this account funded, other devices' too, and no others. */
  owner?: string | undefined;
}

/**
 * This device's channels that are on the chain, or with `owner` all that lock that account's money. What of this device's
 * has ended becomes a receipt on the way.
 */
export async function listChannels(options: ListChannelsOptions): Promise<ChannelSummary[]> {
  const { client } = options;
  const [chainClient, chain, store] = await Promise.all([
    import("@tickstream/chain-client"),
    client.chain(),
    client.store(),
  ]);
  const records = new Map(
    (await store.channels(chain.genesisHash)).map((record) => [record.channel, record]),
  );
  const ids = new Set(records.keys());
  const owner = options.owner === undefined ? undefined : fromSs58(options.owner);
  let tabsOfOwner: readonly bigint[] = [];
  if (owner !== undefined) {
    const tabs = (tabsOfOwner = await chainClient.getTabsOf(chain, { owner }));
    const ofTabs = await Promise.all(tabs.map((tab) => chainClient.getChannelsOf(chain, { tab })));
    for (const channel of ofTabs.flat()) ids.add(channel);
  }
  const summaries = await Promise.all(
    Array.from(ids, (channel) => summaryOf(chain, store, channel, records.get(channel))),
  );
  const onChain = summaries.filter((summary) => summary !== null);
  for (const { channel } of onChain) records.delete(channel);
  // One after the other: several may be of one tab, whose figures each changes.
  for (const record of records.values()) await forgetIfOver(chain, store, record);
  return owner === undefined ? onChain : onChain.filter(({ tab }) => tabsOfOwner.includes(tab));
}

/** A channel as the chain has it, `null` where it has it not. */
async function summaryOf(
  chain: ChainClient,
  store: SessionStore,
  channel: ChannelId,
  record: ChannelRecord | undefined,
): Promise<ChannelSummary | null> {
  const { getChannel, getTab } = await import("@tickstream/chain-client");
  const onChain = await getChannel(chain, { channel });
  if (onChain === null) return null;
  const { tab, stream, operator, maxTicks, settled, end } = onChain;
  const [onTab, rate, { publicKeyHex }] = await Promise.all([
    getTab(chain, { tab }),
    record?.commitment.rate ?? rateOf(chain, onChain),
    store.sessionKey(),
  ]);
  return {
    channel,
    tab,
    stream,
    operator,
    rate,
    maxTicks,
    settled,
    paid: record?.progress.n ?? null,
    locked: planck(rate * BigInt(maxTicks - settled)),
    end,
    hold: holdOf(onChain, chain.bestHead().number),
    ours: onTab?.sessionKey.value === publicKeyHex,
  };
}

/**
 * Asks for a channel's end: the node has some time left to settle (`grace`, an hour), then the rest returns to the tab. The
 * device's session key signs, so no wallet is asked and no fee paid; for another device's channel the wallet is needed.
 *
 * @returns the last block in which the node may settle
 * @throws SdkError `channel-unknown` where the chain has no such channel, `channel-in-use` where a page is paying with it
 *   (leave the stream there instead), `wallet-needed`
 */
export async function endChannel(
  options: Partial<TransactionOptions> & { client: TickstreamClient; channel: ChannelId },
): Promise<number> {
  const { client, channel, wallet, onStep, signal } = options;
  onStep?.("connecting");
  const [chainClient, chain, store] = await Promise.all([
    import("@tickstream/chain-client"),
    client.chain(),
    client.store(),
  ]);
  const onChain = await chainClient.getChannel(chain, { channel });
  if (onChain === null) throw new SdkError("channel-unknown", "The chain has no such channel any more.");
  if (onChain.closeRequested) return onChain.end;
  const lock = await lockChannel(store, channel);
  if (lock === null) {
    throw new SdkError("channel-in-use", "A page is paying with this channel: leave the stream there.");
  }
  try {
    const [tab, key] = await Promise.all([
      chainClient.getTab(chain, { tab: onChain.tab }),
      store.sessionKey(),
    ]);
    if (tab?.sessionKey.value === key.publicKeyHex) {
      const message = closeMessage({ genesisHash: hexToBytes(chain.genesisHash), channel });
      const handle = chainClient.requestCloseBySessionKey(chain, {
        channel,
        signature: await key.sign(message),
      });
      const { value } = await followTransaction(handle, { onStep, signal });
      await markLeft(store, chain, channel);
      return value.end;
    }
    if (!wallet)
      throw new SdkError("wallet-needed", "Another device pays with this channel: connect the wallet.");
    const signing = { wallet, onStep, signal };
    const handle = chainClient.requestClose(chain, { signer: transactionSigner(chain, signing), channel });
    return (await followTransaction(handle, signing)).value.end;
  } finally {
    await lock.release();
  }
}

async function markLeft(store: SessionStore, chain: ChainClient, channel: ChannelId): Promise<void> {
  const record = (await store.channels(chain.genesisHash)).find((known) => known.channel === channel);
  if (record) await store.putChannel({ ...record, state: "left" });
}

/** A channel that the chain has no more has ended; one it never had may yet come while `openBy` lasts. */
async function forgetIfOver(chain: ChainClient, store: SessionStore, record: ChannelRecord): Promise<void> {
  if (chain.finalizedHead().number <= record.commitment.openBy) return;
  const { getChannel } = await import("@tickstream/chain-client");
  if ((await getChannel(chain, { channel: record.channel, at: "finalized" })) !== null) return;
  const lock = await lockChannel(store, record.channel);
  // A page pays with it this very moment: it knows better.
  if (lock === null) return;
  try {
    await archiveChannel(store, record);
  } finally {
    await lock.release();
  }
}

async function rateOf(chain: ChainClient, { stream, terms }: chainTypes.Channel): Promise<Planck> {
  const { getTerms } = await import("@tickstream/chain-client");
  return (await getTerms(chain, { stream, version: terms }))?.rate ?? planck(0n);
}

function holdOf({ end, closeRequested }: chainTypes.Channel, head: number): ChannelHold {
  if (head > end) return "over";
  return closeRequested ? "closing" : "open";
}
