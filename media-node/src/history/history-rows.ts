// SPDX-License-Identifier: Apache-2.0
import type { FinalBlock, TickStreamChainEvent } from "@tickstream/chain-client";
import {
  hexToBytes,
  planck,
  splitTicks,
  splitTip,
  type AccountId,
  type chain,
  type ChannelId,
  type Hex,
  type StreamId,
} from "@tickstream/contracts-types";
import type {
  historyBlocks,
  historyChannels,
  historyEvents,
  historyPayments,
  historyStreams,
  historyTerms,
  PaymentRole,
} from "../database/history-schema.ts";
import type { SharedBy } from "./chain-for-history.ts";
import { HistoryError } from "./errors.ts";
import { parseTermsKey, termsKey, type HistoryFacts, type LoadedFacts } from "./history-facts.ts";

/** What some blocks say, as it is stored. */
export interface HistoryRows {
  blocks: (typeof historyBlocks.$inferInsert)[];
  streams: (typeof historyStreams.$inferInsert)[];
  terms: (typeof historyTerms.$inferInsert)[];
  channels: (typeof historyChannels.$inferInsert)[];
  events: (typeof historyEvents.$inferInsert)[];
  payments: (typeof historyPayments.$inferInsert)[];
}

/** Facts of before some blocks that have to be stored too, as if the first block had told them. */
export function factRows(
  first: FinalBlock,
  { channels, creators, terms }: LoadedFacts["unstored"],
): HistoryRows {
  const block = first.number;
  const rows: HistoryRows = {
    blocks: [],
    streams: [...creators].map(([stream, creator]) => ({ stream, creator: bytes(creator), block })),
    terms: [...terms].map(([key, shared]) => ({ ...parseTermsKey(key), ...shared, block })),
    channels: [...channels].map(([channel, { stream, terms: version, operator }]) => ({
      channel: bytes(channel),
      stream,
      terms: version,
      operator: bytes(operator),
      block,
    })),
    events: [],
    payments: [],
  };
  if (countOf(rows) > 0) rows.blocks.push({ block, hash: bytes(first.hash), at: first.time });
  return rows;
}

/** All of both. */
export function mergeRows(a: HistoryRows, b: HistoryRows): HistoryRows {
  return {
    blocks: [...a.blocks, ...b.blocks],
    streams: [...a.streams, ...b.streams],
    terms: [...a.terms, ...b.terms],
    channels: [...a.channels, ...b.channels],
    events: [...a.events, ...b.events],
    payments: [...a.payments, ...b.payments],
  };
}

type Payment = { account: AccountId; role: PaymentRole; amount: bigint };
type EventOf<Name extends chain.TickStreamEventName> = TickStreamChainEvent & { name: Name };

/**
 * Who was paid what in some blocks, in order. A settlement's event names only its sum and the operator's part: both
 * are computed here as well, by the protocol's rule, and have to be the same.
 *
 * @param facts what was known before the first of them, and is brought up to the last
 * @throws {@link HistoryError}
 */
export function historyRows(blocks: readonly FinalBlock[], facts: HistoryFacts): HistoryRows {
  const rows: HistoryRows = { blocks: [], streams: [], terms: [], channels: [], events: [], payments: [] };
  for (const block of blocks) {
    const before = countOf(rows);
    for (const event of block.events) addEvent(rows, facts, block, event);
    if (countOf(rows) === before) continue;
    rows.blocks.push({ block: block.number, hash: bytes(block.hash), at: block.time });
  }
  return rows;
}

function countOf({ streams, terms, channels, events }: HistoryRows): number {
  return streams.length + terms.length + channels.length + events.length;
}

function addEvent(
  rows: HistoryRows,
  facts: HistoryFacts,
  block: FinalBlock,
  event: TickStreamChainEvent,
): void {
  switch (event.name) {
    case "StreamRegistered": {
      const { stream, creator } = event.data;
      facts.creators.set(stream, creator);
      rows.streams.push({ stream, creator: bytes(creator), block: block.number });
      return;
    }
    case "TermsAdded": {
      const { stream, terms: version, rate, operatorShare, payees } = event.data;
      facts.terms.set(termsKey(stream, version), { rate, operatorShare, payees });
      facts.current.set(stream, version);
      rows.terms.push({ stream, version, rate, operatorShare, payees, block: block.number });
      return;
    }
    case "ChannelOpened": {
      const { channel, commitment } = event.data;
      const { stream, terms, operator } = commitment;
      facts.channels.set(channel, { stream, terms, operator });
      rows.channels.push({
        channel: bytes(channel),
        stream,
        terms,
        operator: bytes(operator),
        block: block.number,
      });
      return;
    }
    case "Settled":
      return addSettled(rows, facts, block, event);
    case "Tipped":
      return addTipped(rows, facts, block, event);
    case "ShareRedirected":
      return addRedirected(rows, facts, block, event);
    default:
  }
}

function addSettled(
  rows: HistoryRows,
  facts: HistoryFacts,
  block: FinalBlock,
  event: EventOf<"Settled">,
): void {
  const { channel, from, ticks, amount, operatorPaid } = event.data;
  const { stream, terms: version, operator } = known(facts.channels.get(channel), `channel ${channel}`);
  const terms = termsOf(facts, stream, version);
  const split = splitTicks({ ...terms, payees: sharesOf(terms) }, from, ticks);
  if (split.total !== amount || split.operator !== operatorPaid) {
    throw new HistoryError("history-split-mismatch", "The chain paid otherwise than its terms say.", {
      details: `block ${block.number}, event ${event.index}: ${amount} and ${operatorPaid}, by the terms ${split.total} and ${split.operator}`,
    });
  }
  add(rows, block, event, {
    row: { kind: "settlement", stream, channel: bytes(channel), ticks: ticks - from, amount },
    payments: [
      { account: operator, role: "operator", amount: split.operator },
      ...toPayees(terms, split.payees),
    ],
  });
}

function addTipped(
  rows: HistoryRows,
  facts: HistoryFacts,
  block: FinalBlock,
  event: EventOf<"Tipped">,
): void {
  const { stream, from, amount, note } = event.data;
  const version = known(facts.current.get(stream), `current terms of stream ${stream}`);
  const terms = termsOf(facts, stream, version);
  add(rows, block, event, {
    row: { kind: "tip", stream, amount, tipper: bytes(from), note: bytes(note) },
    payments: toPayees(terms, splitTip(amount, sharesOf(terms))),
  });
}

/** What the payee was said to get went to the creator instead. */
function addRedirected(
  rows: HistoryRows,
  facts: HistoryFacts,
  block: FinalBlock,
  event: EventOf<"ShareRedirected">,
): void {
  const { stream, payee, amount } = event.data;
  const creator = known(facts.creators.get(stream), `creator of stream ${stream}`);
  // A tip's redirections come in its own extrinsic, before it.
  const ofTip = block.events.some(
    (other) =>
      other.name === "Tipped" &&
      other.data.stream === stream &&
      other.extrinsic === event.extrinsic &&
      other.index > event.index,
  );
  add(rows, block, event, {
    row: { kind: ofTip ? "tip" : "settlement", stream, amount },
    payments: [
      { account: payee, role: "payee", amount: 0n - amount },
      { account: creator, role: "payee", amount },
    ],
  });
}

function add(
  rows: HistoryRows,
  block: FinalBlock,
  event: EventOf<"Settled" | "Tipped" | "ShareRedirected">,
  {
    row,
    payments,
  }: {
    row: Pick<
      HistoryRows["events"][number],
      "kind" | "stream" | "channel" | "ticks" | "amount" | "tipper" | "note"
    >;
    payments: Payment[];
  },
): void {
  const place = { block: block.number, index: event.index };
  rows.events.push({ ...place, extrinsic: event.extrinsic, name: event.name, ...row });
  payments
    .filter(({ amount }) => amount !== 0n)
    .forEach(({ account, role, amount }, line) =>
      rows.payments.push({ ...place, line, account: bytes(account), role, amount }),
    );
}

function toPayees({ payees }: SharedBy, amounts: readonly bigint[]): Payment[] {
  return payees.map(({ account }, i) => ({ account, role: "payee", amount: amounts[i] ?? 0n }));
}

function sharesOf({ payees }: SharedBy): number[] {
  return payees.map(({ share }) => share);
}

function termsOf(facts: HistoryFacts, stream: StreamId, version: number): SharedBy {
  const { rate, ...terms } = known(
    facts.terms.get(termsKey(stream, version)),
    `terms ${version} of stream ${stream}`,
  );
  return { ...terms, rate: planck(rate) };
}

function known<T>(fact: T | undefined, what: string): T {
  if (fact !== undefined) return fact;
  throw new HistoryError("history-fact-missing", "The chain's history names something unknown.", {
    details: what,
  });
}

function bytes(hex: Hex | ChannelId | AccountId): Buffer {
  return Buffer.from(hexToBytes(hex));
}
