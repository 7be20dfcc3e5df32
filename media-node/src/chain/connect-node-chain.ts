// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import type { KeyringPair } from "@polkadot/keyring/types";
import {
  createChainClient,
  getBalance,
  getBlockHash,
  getChannel,
  getConstants,
  getStream,
  getTab,
  getTerms,
  getToken,
  openBatch,
  readFinalBlocks,
  sessionKeyFromChain,
  settleBatch,
  tickStreamEvents,
  watchEvents,
  type ChainClient,
  type ChainEvent,
  type TickStreamChainEvent,
  type TransactionHandle,
} from "@tickstream/chain-client";
import { accountId, hexToBytes, planck, type ChannelId, type StreamId } from "@tickstream/contracts-types";
import type { At, ChainTab, ChainTerms } from "../ledger/chain-for-ledger.ts";
import type { ChainForHistory } from "../history/chain-for-history.ts";
import type { ChainChannel, ChannelEvent, SentBatch } from "../settlement/chain-for-settlement.ts";
import type { ChainFacts, NodeChain } from "./node-chain.ts";

export interface ConnectNodeChainOptions {
  url: string;
  /** The operator's key. */
  signer: KeyringPair;
  /** Something failed that should not: for the log. */
  onFault: (error: unknown) => void;
}

const utf8 = new TextDecoder();

type BlockListener = (at: At, number: number, events: ChannelEvent[]) => void;

/** Fees make up a tab's least deposit so many times over (docs/protocol.md, `MinTab`). */
const FEES_IN_MIN_TAB = 20n;
/** After a failure that is no lost connection. */
const WATCH_RETRY_MS = 1_000;

/** The chain as the node's parts see it, over the chain client. @throws ChainConnectionError, ChainMismatchError */
export async function connectNodeChain(options: ConnectNodeChainOptions): Promise<NodeChain> {
  const { url, signer, onFault } = options;
  const client = await createChainClient({ url });
  const closing = new AbortController();
  const listeners = new Set<BlockListener>();
  const bestListeners = new Set<Parameters<ChainForHistory["onBest"]>[0]>();

  const watch = async (at: At): Promise<void> => {
    const { signal } = closing;
    while (!signal.aborted) {
      try {
        for await (const { block, events } of watchEvents(client, {
          finalized: at === "finalized",
          signal,
        })) {
          const news = events.flatMap(toChannelEvents);
          for (const listener of listeners) listener(at, block.number, news);
          if (at === "best") for (const listener of bestListeners) listener(block, events);
        }
        return;
      } catch (error) {
        if (signal.aborted) return;
        onFault(error);
        await sleep(WATCH_RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
  };
  const watching = [watch("best"), watch("finalized")];

  return {
    genesisHash: client.genesisHash,
    facts: readFacts(client),
    history: historyOf(client, (listener) => {
      bestListeners.add(listener);
      return () => bestListeners.delete(listener);
    }),
    heads() {
      if (client.state !== "connected") return null;
      return { best: client.bestHead().number, finalized: client.finalizedHead().number };
    },
    tab: async (tab, at) => {
      const found = await getTab(client, { tab, at });
      return found && ({ ...found, sessionKey: sessionKeyFromChain(found.sessionKey) } satisfies ChainTab);
    },
    terms: (stream, version, at) => readTerms(client, stream, version, at),
    registration: async (stream) => {
      const found = await getStream(client, { stream, at: "finalized" });
      return found && { creator: found.creator, metadata: utf8.decode(hexToBytes(found.metadata)) };
    },
    channel: (channel, at) => readChannel(client, channel, at),
    openBatch: async (items) => sent(openBatch(client, { signer, items })),
    settleBatch: async (items) => sent(settleBatch(client, { signer, items })),
    operatorBalance: async () => (await getBalance(client, { account: accountId(signer.publicKey) })).free,
    onBlock(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection: (listener) => client.onState((state) => listener(state === "connected")),
    async disconnect() {
      closing.abort();
      await client.disconnect();
      await Promise.all(watching);
    },
  };
}

function readFacts(client: ChainClient): ChainFacts {
  const { maxOpenDelay, updateDelay, maxChannelLife, maxTicks, minChannel, minTab, maxWalk, channelDeposit } =
    getConstants(client);
  const { symbol, decimals } = getToken(client);
  return {
    limits: { maxOpenDelay, updateDelay, maxChannelLife, maxTicks, minChannel },
    maxWalk,
    openAndSettleFee: planck(minTab / FEES_IN_MIN_TAB),
    channelDeposit,
    token: { symbol, decimals },
  };
}

async function readTerms(
  client: ChainClient,
  stream: StreamId,
  version: number | null,
  at: At,
): Promise<ChainTerms | null> {
  // Both of one block, so that a change in between can't mix them.
  const block = (at === "best" ? client.bestHead() : client.finalizedHead()).hash;
  const record = await getStream(client, { stream, at: block });
  if (record === null) return null;
  const { creator, operators, tickMs, retired, currentTerms: current } = record;
  const wanted = version ?? current;
  const terms = await getTerms(client, { stream, version: wanted, at: block });
  if (terms === null) return null;
  const { rate, operatorShare, payees, replacedAt } = terms;
  return {
    creator,
    operators,
    tickMs,
    retired,
    current,
    version: wanted,
    rate,
    operatorShare,
    payees,
    replacedAt,
  };
}

async function readChannel(client: ChainClient, channel: ChannelId, at: At): Promise<ChainChannel | null> {
  const found = await getChannel(client, { channel, at });
  if (found === null) return null;
  const { settled, proof, end, closeRequested } = found;
  return { settled, proof: hexToBytes(proof, 32), end, closeRequested };
}

function historyOf(client: ChainClient, onBest: ChainForHistory["onBest"]): ChainForHistory {
  return {
    finalized: () => (client.state === "connected" ? client.finalizedHead().number : null),
    blocks: (from, count) => readFinalBlocks(client, { from, count }),
    hashOf: (number) => getBlockHash(client, { number }),
    async stream(stream, at) {
      const record = await getStream(client, { stream, at });
      return record && { creator: record.creator, currentTerms: record.currentTerms };
    },
    async terms(stream, version, at) {
      const terms = await getTerms(client, { stream, version, at });
      return terms && { rate: terms.rate, operatorShare: terms.operatorShare, payees: terms.payees };
    },
    async channel(channel, at) {
      const record = await getChannel(client, { channel, at });
      return record && { stream: record.stream, terms: record.terms, operator: record.operator };
    },
    onBest,
    onChange(callback) {
      const off = [client.onFinalizedHead(callback), client.onState(callback)];
      return () => {
        for (const unsubscribe of off) unsubscribe();
      };
    },
  };
}

/** A transaction on its way, with what it did to channels. */
function sent(handle: TransactionHandle<unknown>): SentBatch {
  const news = ({ events }: { events: ChainEvent[] }): ChannelEvent[] =>
    tickStreamEvents(events).flatMap(toChannelEvents);
  return { included: handle.included.then(news), finalized: handle.finalized.then(news) };
}

function toChannelEvents(event: TickStreamChainEvent): ChannelEvent[] {
  switch (event.name) {
    case "ChannelOpened":
      return [{ type: "opened", channel: event.data.channel }];
    case "Settled": {
      const { channel, ticks, preimage } = event.data;
      return [{ type: "settled", channel, ticks, preimage: hexToBytes(preimage, 32) }];
    }
    case "CloseRequested":
      return [{ type: "close-requested", channel: event.data.channel, end: event.data.end }];
    case "ChannelEnded":
      return [{ type: "ended", channel: event.data.channel }];
    case "ItemFailed":
      return [{ type: "item-failed", channel: event.data.channel, error: event.data.error.name }];
    default:
      return [];
  }
}
