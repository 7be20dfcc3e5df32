// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from "node:timers/promises";
import {
  bytesEqual,
  channelIdOf,
  encodeCommitment,
  hexToBytes,
  MAX_RESUME_ADVANCE,
  sessionProofMessage,
  verifyAdvance,
  type ChannelId,
  type Commitment,
  type StreamId,
} from "@tickstream/contracts-types";
import { RecentMap } from "@tickstream/signaling/limits";
import { eq } from "drizzle-orm";
import { isDatabaseFailure } from "../database/failures.ts";
import type { Database } from "../database/open-database.ts";
import { channels } from "../database/schema.ts";
import { checkCommitment, type CommitmentPolicy } from "./accept-commitment.ts";
import { acceptTick, type SaleWindow, type Tick } from "./accept-tick.ts";
import type { ChainForLedger } from "./chain-for-ledger.ts";
import { idBytes, insertChannel, loadChannel, loadUnfinalized, tabHasFailed } from "./channel-store.ts";
import type { CreditPolicy } from "./credit.ts";
import { createGroupCommit, LedgerUnavailableError, type GroupCommit } from "./group-commit.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import type { ChannelHolder, LedgerChannel } from "./ledger-channel.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import { verifySessionSignature } from "./session-signature.ts";

export interface LedgerOptions {
  database: Database;
  chain: ChainForLedger;
  commitments: CommitmentPolicy;
  credit: CreditPolicy;
  /** See {@link createGroupCommit}. */
  lingerMs?: number;
  /** Most channels kept in memory that no socket uses. */
  idleChannels?: number;
  /** Most unfinalized commitments of one tab at a time. */
  maxUnfinalizedPerTab?: number;
  /** A commitment was accepted and waits in the outbox. */
  onAccepted?: () => void;
  /** Ticks were sold, durably. */
  onSold?: (stream: StreamId, ticks: number) => void;
  onAvailability?: (available: boolean) => void;
}

interface Resume {
  channel: ChannelId;
  n: number;
  preimage: Uint8Array;
  signature: Uint8Array;
  /** Of the socket's `terms`. */
  nonce: Uint8Array;
}

/** Who has paid for what: in memory while it is used, in PostgreSQL always. */
export interface Ledger {
  /** Takes a new commitment and queues its opening. */
  open(
    commitment: Commitment,
    signature: Uint8Array,
    holder: ChannelHolder,
  ): Promise<LedgerChannel | Refusal>;
  /** Takes a channel up again on another socket; the higher of both preimages counts. */
  resume(request: Resume, holder: ChannelHolder): Promise<LedgerChannel | Refusal>;
  /** Verifies a payment, and resolves when it is durable: then, and not before, its keys may leave. */
  tick(channel: LedgerChannel, tick: Tick, window: SaleWindow | null): Promise<Refusal | null>;
  /** The socket no longer uses the channel. */
  release(channel: LedgerChannel, holder: ChannelHolder): void;
  /** The viewer left for good: what it owes may be settled and the channel closed. */
  leave(channel: LedgerChannel): Promise<void>;
  /** The channel, if it is in memory: to tell it what the chain says. */
  loaded(id: ChannelId): LedgerChannel | undefined;
  readonly credit: CreditPolicy;
  readonly commits: GroupCommit;
  /** Channels that a socket uses. */
  readonly live: number;
  stop(): Promise<void>;
}

/** How long a stop waits for commitments and resumes under way, in milliseconds. */
const STOP_MS = 500;

const recovering = (): Refusal =>
  refuse("recovering", "The node is recovering: nothing was charged, try again in a moment.");

export function createLedger(options: LedgerOptions): Ledger {
  const { database, chain, commitments, credit, idleChannels = 1_000, maxUnfinalizedPerTab = 8 } = options;
  const genesisHash = hexToBytes(chain.genesisHash, 32);
  const commits = createGroupCommit({
    pool: database.pool,
    lingerMs: options.lingerMs ?? 4,
    ...(options.onAvailability ? { onAvailability: options.onAvailability } : {}),
  });
  /** Channels that a socket uses. Their number is bounded by the sockets' limits. */
  const live = new Map<ChannelId, LedgerChannel>();
  /** Channels used lately, the longest unused first. */
  const idle = new RecentMap<ChannelId, LedgerChannel>(idleChannels);
  const tabs = new KeyedQueue<bigint>();
  const resumes = new KeyedQueue<ChannelId>();

  const loaded = (id: ChannelId): LedgerChannel | undefined => live.get(id) ?? idle.get(id);

  const hold = (channel: LedgerChannel, holder: ChannelHolder): void => {
    const previous = channel.holder;
    channel.holder = holder;
    idle.delete(channel.id);
    live.set(channel.id, channel);
    if (previous && previous !== holder) previous.superseded(channel.id);
  };

  const checkOpening = async (
    commitment: Commitment,
    signature: Uint8Array,
    holder: ChannelHolder,
  ): Promise<LedgerChannel | Refusal> => {
    const encoded = encodeCommitment(genesisHash, commitment);
    const id = channelIdOf(encoded);
    const isKnown = loaded(id) ?? (await loadChannel(database, id));
    if (isKnown) return refuse("commitment-known", "The node knows this commitment: resume its channel.");
    if (await tabHasFailed(database, commitment.tab)) {
      return refuse(
        "tab-opening-failed",
        "A channel of this tab failed to open: it gets no more credit here.",
      );
    }
    const known = await loadUnfinalized(database, commitment.tab);
    if (known.length >= maxUnfinalizedPerTab) {
      return refuse("rate-limited", "Too many channels of this tab are waiting for the chain.");
    }
    const checked = await checkCommitment(chain, commitments, commitment, signature, known);
    if (isRefusal(checked)) return checked;
    const fresh = { id, commitment, encoded, signature, sessionKey: checked.sessionKey };
    // In the channel's queue, so that a resume of it on another socket sees this very object.
    return resumes.run(id, async () => {
      const inserted = await insertChannel(database, fresh);
      const channel = await loadChannel(database, id);
      if (!inserted || !channel) {
        return refuse("commitment-known", "The node knows this commitment: resume its channel.");
      }
      hold(channel, holder);
      options.onAccepted?.();
      return channel;
    });
  };

  const checkResume = async (request: Resume, holder: ChannelHolder): Promise<LedgerChannel | Refusal> => {
    const channel = loaded(request.channel) ?? (await loadChannel(database, request.channel));
    if (!channel) return refuse("channel-unknown", "The node does not know this channel.");
    if (!(await ownsChannel(channel, request))) {
      return refuse(
        "signature-invalid",
        "The session proof is not the tab's session key's over this socket's nonce.",
      );
    }
    if (channel.state === "failed") {
      return refuse("tab-opening-failed", "The chain did not open this channel.");
    }
    if (channel.state === "ended") return refuse("channel-closing", "The channel has ended.");
    const problem = takeHigher(channel, request);
    if (problem) return problem;
    hold(channel, holder);
    await commits.store(channel);
    return channel;
  };

  /** The tab's current key counts; while the chain is out of reach, the one that signed the commitment. */
  const ownsChannel = async (channel: LedgerChannel, request: Resume): Promise<boolean> => {
    const message = sessionProofMessage({
      genesisHash,
      operator: commitments.operator,
      channel: channel.id,
      nonce: request.nonce,
    });
    const tab = await chain.tab(channel.commitment.tab, "best").catch(() => null);
    return verifySessionSignature(tab?.sessionKey ?? channel.sessionKey, message, request.signature);
  };

  const notUnavailable = (error: unknown): Refusal => {
    // Whatever the database could not do was not acknowledged, so that the viewer may simply ask again.
    if (error instanceof LedgerUnavailableError || isDatabaseFailure(error)) return recovering();
    throw error;
  };

  return {
    credit,
    commits,
    get live() {
      return live.size;
    },
    loaded,
    open: (commitment, signature, holder) =>
      // Cover is a sum over the tab's commitments, so they are taken one at a time.
      tabs.run(commitment.tab, () => checkOpening(commitment, signature, holder)).catch(notUnavailable),
    resume: (request, holder) =>
      resumes.run(request.channel, () => checkResume(request, holder)).catch(notUnavailable),
    async tick(channel, tick, window) {
      const stopped = checkSelling(channel, chain.heads(), commitments.settleMargin);
      if (stopped) return stopped;
      if (!commits.available) return recovering();
      const before = channel.bought.size;
      const refused = acceptTick(channel, tick, window, credit);
      if (refused) return refused;
      const sold = channel.bought.size - before;
      try {
        await commits.store(channel);
        options.onSold?.(channel.commitment.stream, sold);
        return null;
      } catch (error) {
        return notUnavailable(error);
      }
    },
    release(channel, holder) {
      if (channel.holder !== holder) return;
      channel.holder = null;
      live.delete(channel.id);
      idle.set(channel.id, channel);
    },
    async leave(channel) {
      channel.leaving = true;
      // What is on its way comes first: the settlement takes what is stored.
      await commits.store(channel);
      await database.db
        .update(channels)
        .set({ leaving: true })
        .where(eq(channels.id, idBytes(channel.id)));
    },
    async stop() {
      // Questions to a chain that does not answer end by themselves; nothing is acknowledged any more.
      const idle = Promise.all([tabs.idle(), resumes.idle()]);
      await Promise.race([idle, sleep(STOP_MS, undefined, { ref: false })]);
      await commits.stop();
    },
  };
}

/** A tick that the settlement could miss is not sold. */
function checkSelling(
  channel: LedgerChannel,
  heads: { best: number } | null,
  settleMargin: number,
): Refusal | null {
  if (channel.state === "failed") {
    return refuse("tab-opening-failed", "The chain did not open this channel.");
  }
  if (channel.state === "ended" || channel.closeRequested || channel.leaving) {
    return refuse("channel-closing", "The channel is closing: open another.");
  }
  if (heads && heads.best + settleMargin >= channel.end) {
    return refuse("channel-closing", "The channel is about to end: open another.");
  }
  return null;
}

function takeHigher(channel: LedgerChannel, request: Resume): Refusal | null {
  const { n, preimage } = request;
  if (n < channel.ticks) return null;
  if (n > channel.commitment.maxTicks) {
    return refuse("advance-too-far", "The commitment does not reach that far.", {
      n: String(channel.commitment.maxTicks),
    });
  }
  if (n === channel.ticks) {
    if (bytesEqual(preimage, channel.preimage)) return null;
    return refuse("preimage-invalid", "The preimage is not this channel's.");
  }
  if (n - channel.ticks > MAX_RESUME_ADVANCE) {
    return refuse("advance-too-far", `A resume advances by at most ${MAX_RESUME_ADVANCE}.`, {
      n: String(channel.ticks + MAX_RESUME_ADVANCE),
    });
  }
  const from = { n: channel.ticks, preimage: channel.preimage };
  if (!verifyAdvance({ from, to: { n, preimage }, maxAdvance: MAX_RESUME_ADVANCE })) {
    return refuse("preimage-invalid", "The preimage does not hash to the last one.");
  }
  channel.ticks = n;
  channel.preimage = preimage;
  return null;
}
