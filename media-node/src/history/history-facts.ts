// SPDX-License-Identifier: Apache-2.0
import type { FinalBlock } from "@tickstream/chain-client";
import {
  accountId,
  channelId,
  hexToBytes,
  planck,
  streamId,
  type AccountId,
  type ChannelId,
  type Hex,
  type StreamId,
} from "@tickstream/contracts-types";
import { inArray, max, sql } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { historyChannels, historyStreams, historyTerms } from "../database/history-schema.ts";
import type { ChainForHistory, SharedBy } from "./chain-for-history.ts";

/** Whose a channel's payments are. */
export interface ChannelFacts {
  stream: StreamId;
  terms: number;
  operator: AccountId;
}

/** What has to be known to tell who was paid. */
export interface HistoryFacts {
  channels: Map<ChannelId, ChannelFacts>;
  creators: Map<StreamId, AccountId>;
  /** The version that tips are shared by. */
  current: Map<StreamId, number>;
  terms: Map<TermsKey, SharedBy>;
}

/** Stream and version: `7/2`. */
export type TermsKey = `${bigint}/${number}`;

export function termsKey(stream: StreamId, version: number): TermsKey {
  return `${stream}/${version}`;
}

/** Facts of before some blocks, and those of them that are not stored yet. */
export interface LoadedFacts {
  facts: HistoryFacts;
  unstored: Pick<HistoryFacts, "channels" | "creators" | "terms">;
}

/**
 * The facts that some blocks stand on and do not tell themselves: what was read of earlier blocks or, where the
 * history that is kept began later, the chain's state before them.
 *
 * @param parent hash of the block before the first
 */
export async function loadFacts(
  { db }: Database,
  chain: ChainForHistory,
  blocks: readonly FinalBlock[],
  parent: Hex,
): Promise<LoadedFacts> {
  const told = toldBy(blocks);
  const channels = await findFacts<ChannelId, ChannelFacts>(
    told.settled.filter((channel) => !told.opened.has(channel)),
    async (some) => {
      const rows = await db
        .select()
        .from(historyChannels)
        .where(inArray(historyChannels.channel, some.map(idBytes)));
      return rows.map(({ channel, stream, terms, operator }) => [
        channelId(channel),
        { stream: streamId(stream), terms, operator: accountId(operator) },
      ]);
    },
    (channel) => chain.channel(channel, parent),
  );
  const settledOn = told.settled.flatMap((id) => channels.all.get(id) ?? told.opened.get(id) ?? []);

  const streams = [...settledOn.map(({ stream }) => stream), ...told.tipped, ...told.redirected];
  const creators = await findFacts<StreamId, AccountId>(
    streams.filter((stream) => !told.registered.has(stream)),
    async (some) => {
      const rows = await db.select().from(historyStreams).where(inArray(historyStreams.stream, some));
      return rows.map(({ stream, creator }) => [streamId(stream), accountId(creator)]);
    },
    async (stream) => (await chain.stream(stream, parent))?.creator ?? null,
  );
  const current = await findFacts<StreamId, number>(
    told.tipped.filter((stream) => !told.registered.has(stream)),
    async (some) => {
      const rows = await db
        .select({ stream: historyTerms.stream, version: max(historyTerms.version) })
        .from(historyTerms)
        .where(inArray(historyTerms.stream, some))
        .groupBy(historyTerms.stream);
      return rows.flatMap(({ stream, version }) => (version === null ? [] : [[streamId(stream), version]]));
    },
    async (stream) => (await chain.stream(stream, parent))?.currentTerms ?? null,
  );

  const versions = [
    ...settledOn.map(({ stream, terms }) => termsKey(stream, terms)),
    ...[...current.all].map(([stream, version]) => termsKey(stream, version)),
  ];
  const terms = await findFacts<TermsKey, SharedBy>(
    versions.filter((key) => !told.termsAdded.has(key)),
    async (some) => {
      const key = sql<TermsKey>`${historyTerms.stream} || '/' || ${historyTerms.version}`;
      const { rate, operatorShare, payees } = historyTerms;
      const rows = await db
        .select({ key, rate, operatorShare, payees })
        .from(historyTerms)
        .where(sql`(${historyTerms.stream}, ${historyTerms.version}) in ${pairsOf(some)}`);
      return rows.map((row) => [row.key, { ...row, rate: planck(row.rate) }]);
    },
    (key) => {
      const { stream, version } = parseTermsKey(key);
      return chain.terms(stream, version, parent);
    },
  );
  return {
    facts: { channels: channels.all, creators: creators.all, current: current.all, terms: terms.all },
    unstored: { channels: channels.unstored, creators: creators.unstored, terms: terms.unstored },
  };
}

/** What blocks tell themselves, and what they speak of. */
function toldBy(blocks: readonly FinalBlock[]) {
  const opened = new Map<ChannelId, ChannelFacts>();
  const registered = new Set<StreamId>();
  const termsAdded = new Set<TermsKey>();
  const settled: ChannelId[] = [];
  const tipped: StreamId[] = [];
  const redirected: StreamId[] = [];
  for (const { name, data } of blocks.flatMap(({ events }) => events)) {
    if (name === "ChannelOpened") opened.set(data.channel, data.commitment);
    else if (name === "StreamRegistered") registered.add(data.stream);
    else if (name === "TermsAdded") termsAdded.add(termsKey(data.stream, data.terms));
    else if (name === "Settled") settled.push(data.channel);
    else if (name === "Tipped") tipped.push(data.stream);
    else if (name === "ShareRedirected") redirected.push(data.stream);
  }
  return { opened, registered, termsAdded, settled, tipped, redirected };
}

/** Keys in one question to the database. */
const PAGE = 1_000;

/** What is stored of some keys and, of the others, what the chain knows. */
async function findFacts<Key, Fact>(
  keys: readonly Key[],
  stored: (some: Key[]) => Promise<(readonly [Key, Fact])[]>,
  onChain: (key: Key) => Promise<Fact | null>,
): Promise<{ all: Map<Key, Fact>; unstored: Map<Key, Fact> }> {
  const wanted = [...new Set(keys)];
  const all = new Map<Key, Fact>();
  for (let at = 0; at < wanted.length; at += PAGE) {
    for (const [key, fact] of await stored(wanted.slice(at, at + PAGE))) all.set(key, fact);
  }
  const unstored = new Map<Key, Fact>();
  for (const key of wanted.filter((one) => !all.has(one))) {
    const fact = await onChain(key);
    if (fact !== null) unstored.set(key, fact);
  }
  return { all: new Map([...all, ...unstored]), unstored };
}

export function parseTermsKey(key: TermsKey): { stream: StreamId; version: number } {
  const [stream = "", version = ""] = key.split("/");
  return { stream: streamId(stream), version: Number(version) };
}

function pairsOf(keys: readonly TermsKey[]) {
  const pairs = keys.map((key) => {
    const { stream, version } = parseTermsKey(key);
    return sql`(${stream.toString()}::numeric, ${version})`;
  });
  return sql`(${sql.join(pairs, sql`, `)})`;
}

function idBytes(id: ChannelId): Buffer {
  return Buffer.from(hexToBytes(id, 32));
}
