// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  channelIdOf,
  encodeCommitment,
  HashChain,
  MAX_TICKS,
  type AccountId,
  type Commitment,
  type TermsMessage,
} from "@tickstream/contracts-types";
import { PaymentBlockedError } from "../../errors.ts";
import type { ChannelRecord, SessionStore, TabRecord } from "../session-store.ts";

/** A commitment may open for this many blocks: below the chain's `MaxOpenDelay` of 50, for heads that differ. */
const OPEN_WITHIN_BLOCKS = 40;
/** A channel's life in blocks: half a day of 6 s blocks, so that a node that never settles locks nothing longer. */
const CHANNEL_LIFE_BLOCKS = 7_200;
/** A tab that expires within this many blocks opens nothing any more. */
const MIN_TAB_LIFE_BLOCKS = 100;
/** How long one channel should last when the tab allows, in milliseconds of media. */
const CHANNEL_MEDIA_MS = 3_600_000;
/** A channel takes at most half of what is free, so that other streams can be opened; but this long, if it can. */
const SHORT_CHANNEL_MEDIA_MS = 600_000;

/**
 * What of a tab no commitment of this device has a claim on, as far as this device knows: the node and the chain have
 * the last word. A commitment a node refused counts as spent until it can no longer be opened.
 */
export function freeInTab(tab: TabRecord, channels: readonly ChannelRecord[], head: number): bigint {
  let free: bigint = tab.deposit;
  for (const { commitment, state, progress } of channels) {
    if (commitment.tab !== tab.tab) continue;
    const { rate, openFee, openBy, maxTicks } = commitment;
    const whole = openFee + rate * BigInt(maxTicks);
    if (state === "refused") free -= head <= openBy ? whole : 0n;
    else if (state === "left") free -= openFee + rate * BigInt(progress.n);
    else free -= whole;
  }
  return free;
}

/** How many ticks a new channel of this tab should have; 0 where the tab has no room for one. */
export function ticksFor(
  free: bigint,
  terms: Pick<TermsMessage, "rate" | "openFee" | "tickMs">,
  minTicks = 1,
): number {
  const affordable = (free - terms.openFee) / terms.rate;
  if (affordable <= 0n) return 0;
  const ticksIn = (ms: number) => Math.max(1, Math.ceil(ms / terms.tickMs));
  const room = affordable > BigInt(MAX_TICKS) * 2n ? MAX_TICKS * 2 : Number(affordable);
  const fair = Math.max(Math.floor(room / 2), Math.min(room, ticksIn(SHORT_CHANNEL_MEDIA_MS)));
  return Math.min(
    Math.max(fair, Math.min(room, minTicks)),
    Math.max(ticksIn(CHANNEL_MEDIA_MS), minTicks),
    MAX_TICKS,
  );
}

/** Which of a device's tabs a session pays from: all, where nothing is given. */
export interface TabChoice {
  /** Only this one. */
  tab?: bigint | undefined;
  /** Only this account's. */
  owner?: AccountId | undefined;
}

/** Whether a tab is one of those that were chosen. */
export function isChosen(tab: TabRecord, choice: TabChoice): boolean {
  return (choice.tab ?? tab.tab) === tab.tab && (choice.owner ?? tab.owner) === tab.owner;
}

/** This device's tabs that may open a channel at these terms. */
export async function usableTabs(
  params: TabChoice & { store: SessionStore; terms: TermsMessage },
): Promise<TabRecord[]> {
  const { store, terms } = params;
  const [sessionKey, tabs] = await Promise.all([
    store.sessionKey(),
    store.tabs(bytesToHex(terms.genesisHash)),
  ]);
  return tabs
    .filter((tab) => tab.sessionKey === sessionKey.publicKeyHex && isChosen(tab, params))
    .filter((tab) => tab.expiresAt > terms.head + MIN_TAB_LIFE_BLOCKS);
}

/**
 * Signs a new commitment on the tab with the most room, and stores it as offered: a crash from here on finds it again.
 *
 * @throws {@link PaymentBlockedError} `tab-empty` where no tab has room
 */
export async function makeCommitment(
  params: TabChoice & {
    store: SessionStore;
    terms: TermsMessage;
    node: string;
    /** At least this many ticks, or the tab counts as empty. */
    minTicks?: number;
  },
): Promise<{ record: ChannelRecord; chain: HashChain }> {
  const { store, terms, node, minTicks = 1 } = params;
  const genesisHash = bytesToHex(terms.genesisHash);
  const [sessionKey, tabs, channels] = await Promise.all([
    store.sessionKey(),
    usableTabs(params),
    store.channels(genesisHash),
  ]);
  const best = tabs
    .map((tab) => ({ tab, ticks: ticksFor(freeInTab(tab, channels, terms.head), terms, minTicks) }))
    .toSorted((a, b) => b.ticks - a.ticks)[0];
  if (!best || best.ticks < minTicks) throw new PaymentBlockedError("tab-empty");

  const seed = crypto.getRandomValues(new Uint8Array(32));
  const chain = HashChain.create(seed, best.ticks);
  const commitment: Commitment = {
    tab: best.tab.tab,
    nonce: await store.takeNonce(genesisHash, best.tab.tab),
    openBy: terms.head + OPEN_WITHIN_BLOCKS,
    stream: terms.stream,
    terms: terms.terms,
    rate: terms.rate,
    operator: terms.operator,
    openFee: terms.openFee,
    anchor: chain.anchor,
    maxTicks: best.ticks,
    expiresAt: Math.min(best.tab.expiresAt, terms.head + CHANNEL_LIFE_BLOCKS),
  };
  const encoded = encodeCommitment(terms.genesisHash, commitment);
  const record: ChannelRecord = {
    channel: channelIdOf(encoded),
    genesisHash,
    node,
    stream: terms.stream,
    operator: terms.operator,
    commitment,
    sessionKey: sessionKey.publicKeyHex,
    signature: bytesToHex(await sessionKey.sign(encoded)),
    seed,
    state: "offered",
    progress: { n: 0, answered: 0, unverified: [] },
  };
  await store.putChannel(record);
  return { record, chain };
}
