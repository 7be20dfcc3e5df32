// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  fromSs58,
  streamId,
  type AccountId,
  type Hex,
  type NodeInfo,
  type Planck,
  type StreamDetail,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../../client.ts";
import { abortError, PaymentBlockedError, SdkError } from "../../errors.ts";
import { recordVisit } from "../../history/record-visit.ts";
import { MediaIndex } from "../../media/media-index.ts";
import type { Wallet } from "../../wallet.ts";
import type { TransactionStep } from "../../wallet/follow-transaction.ts";
import { firstFreeChannel } from "../channel/first-free-channel.ts";
import { freeInTab, isChosen, ticksFor } from "../channel/make-commitment.ts";
import { resumableChannels } from "../channel/resumable-channels.ts";
import type { SessionStore } from "../session-store.ts";
import { openTab } from "../tab/tabs.ts";
import { createPaySession } from "./create-pay-session.ts";
import type { PaySession } from "./pay-session.ts";

export interface OpenSessionOptions {
  client: TickstreamClient;
  /** The stream, or its id. */
  stream: string | StreamDetail;
  /** The most this session may spend, in plancks, opening fees included. */
  limit: Planck;
  /**
   * Whose tabs on this device pay; asked for one signature where none of them has room. Without it, a tab of any account
   * pays, and where none has room the session fails with `tab-empty`.
   */
  wallet?: Wallet | undefined;
  /** What a new tab is funded with, in plancks; by default twice the limit. */
  deposit?: Planck | undefined;
  /** Pays from this tab only. */
  tab?: bigint | undefined;
  /** The rate the viewer was shown; a higher one is asked about. By default the stream's at this moment. */
  rate?: Planck | undefined;
  /** The viewer's own exposure window in ticks: one, unless given. */
  exposureWindow?: number | undefined;
  /** The longest lead-in that joining may buy, in milliseconds; 12 s unless given. */
  maxLeadInMs?: number | undefined;
  /** How far the wallet's transaction is, where one is needed. */
  onStep?: ((step: TransactionStep) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** How long a node may take to accept or refuse, before the session is handed out as it is. */
const ACCEPT_TIMEOUT_MS = 30_000;

/**
 * Gets ready to pay a stream: goes on with a channel of this device, or opens one on its tab; where there is no tab
 * with room, the wallet is asked for one signature to fund one. Resolves when the node has accepted the channel.
 *
 * @throws SdkError `stream-unknown`, `stream-free` (play it without a session), `node-unreachable`, `insecure-context`
 * @throws PaymentBlockedError `tab-empty` without a wallet, `terms-changed`, `limit-reached`, `refused`
 */
export async function openSession(options: OpenSessionOptions): Promise<PaySession> {
  const { client, signal } = options;
  const [info, stream, store] = await Promise.all([
    client.info(),
    typeof options.stream === "string" ? client.stream(options.stream, signal) : options.stream,
    client.store(),
  ]);
  if (stream.rate === 0n || stream.pay === null) {
    throw new SdkError("stream-free", "This stream is free: play it without a payment session.");
  }
  const genesisHash = bytesToHex(info.genesisHash);
  const operator = fromSs58(stream.operator);
  const id = streamId(stream.id);
  const { tab, rate, wallet } = options;
  const asked = wallet && fromSs58(wallet.address);
  const known = await resumableChannels(store, { genesisHash, stream, tab, owner: asked, rate });
  const resume = await firstFreeChannel(store, known, signal);
  const owner = resume
    ? (asked ?? (await ownerOf(store, genesisHash, resume.commitment.tab)))
    : await ensureTab({ ...options, owner: asked }, { info, stream, store });

  const { socket, release } = await client.takePaySocket(stream.pay);
  const session = createPaySession({
    socket,
    store,
    media: new MediaIndex(id, genesisHash),
    node: client.node,
    playlistUrl: client.playlistUrl(stream),
    whepUrl: client.whepUrl(stream),
    stream: id,
    genesisHash,
    operator,
    tickMs: stream.tickMs,
    rate: rate ?? stream.rate,
    limit: options.limit,
    tab,
    owner,
    resume,
    exposureWindow: options.exposureWindow,
    maxLeadInMs: options.maxLeadInMs,
    onDispose: release,
    fetch: client.fetch,
  });
  try {
    await accepted(session, signal);
    recordVisit({ store, genesisHash, node: client.node, stream, session });
    return session;
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

async function ownerOf(store: SessionStore, genesisHash: Hex, tab: bigint): Promise<AccountId | undefined> {
  return (await store.tabs(genesisHash)).find((known) => known.tab === tab)?.owner;
}

/** @returns the account whose tab has room now */
async function ensureTab(
  options: OpenSessionOptions & { owner: AccountId | undefined },
  known: { info: NodeInfo; stream: StreamDetail; store: SessionStore },
): Promise<AccountId> {
  const { client, wallet, limit, deposit, onStep, signal } = options;
  const { info, stream, store } = known;
  const genesisHash = bytesToHex(info.genesisHash);
  const [key, channels, knownTabs] = await Promise.all([
    store.sessionKey(),
    store.channels(genesisHash),
    store.tabs(genesisHash),
  ]);
  const tabs = knownTabs.filter((tab) => tab.sessionKey === key.publicKeyHex && isChosen(tab, options));
  const terms = { rate: stream.rate, openFee: info.openFee, tickMs: stream.tickMs };
  // Block 0 counts every refused commitment as spent: the cautious side, without a look at the chain.
  const roomy = tabs.find((tab) => ticksFor(freeInTab(tab, channels, 0), terms) > 0);
  if (roomy) return roomy.owner;
  if (!wallet) throw new PaymentBlockedError("tab-empty");
  const funds = deposit ?? ((limit * 2n) as Planck);
  return (await openTab({ client, wallet, deposit: funds, onStep, signal })).owner;
}

/** Resolves when the session can pay, rejects when it can't without the viewer. */
function accepted(session: PaySession, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      off();
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const look = () => {
      const { state } = session;
      if (state.name === "active") {
        finish();
        resolve();
      } else if (state.name === "blocked") {
        finish();
        reject(state.error);
      } else if (state.name === "ended") {
        finish();
        reject(new SdkError("stream-ended", "The stream has ended."));
      }
    };
    const onAbort = () => {
      finish();
      reject(abortError(signal!));
    };
    const timer = setTimeout(() => {
      finish();
      reject(new SdkError("timeout", "The node did not accept the payment channel in time."));
    }, ACCEPT_TIMEOUT_MS);
    const off = session.on("state", look);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    else look();
  });
}
