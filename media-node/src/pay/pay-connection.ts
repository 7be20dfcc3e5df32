// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import {
  CLOSE_CODES,
  encodeMessage,
  hexToBytes,
  parseViewerMessage,
  WireMessageError,
  type ChannelId,
  type CloseCode,
  type ClosingCode,
  type Epoch,
  type NodeMessage,
  type OpenMessage,
  type RefusedMessage,
  type ResumeMessage,
  type StreamId,
  type TickMessage,
  type ViewerMessage,
  type WatchMessage,
} from "@tickstream/contracts-types";
import { TokenBucket } from "@tickstream/signaling/limits";
import type { SocketConnection, SocketTransport } from "@tickstream/signaling/sockets";
import { sellingLimit } from "../ledger/credit.ts";
import type { ChannelHolder, LedgerChannel } from "../ledger/ledger-channel.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { isRefusal, refuse, type Refusal } from "../ledger/refusal.ts";
import { keysBought, type PayGates } from "../protect/pay-gate.ts";
import {
  saleWindow,
  type CurrentTerms,
  type PaidStream,
  type PaidStreams,
  type SellerTerms,
} from "./paid-stream.ts";
import type { PreviewAllowance } from "./preview-allowance.ts";

/** Limits of one socket. */
export interface ConnectionLimits {
  messagesPerSecond: number;
  messageBurst: number;
  /** Commitments and session proofs: each costs a signature check and a look at the chain. */
  proofsPerSecond: number;
  proofBurst: number;
  /** Most channels held, and most streams watched, at a time. */
  maxChannels: number;
  /** Most requests under way; more wait for nobody and are refused. */
  maxPending: number;
}

/** What a socket counts. */
export interface PayCounters {
  tick(epochs: number): void;
  refused(code: string): void;
  opened(): void;
}

export interface ConnectionContext {
  ledger: Ledger;
  streams: PaidStreams;
  terms: CurrentTerms;
  seller: SellerTerms;
  previews: PreviewAllowance;
  /** Where tickets for WebRTC are good. */
  gates: PayGates;
  limits: ConnectionLimits;
  counters: PayCounters;
  /** The socket began to care for a stream. */
  watches(connection: PayConnection, stream: StreamId): void;
  /** The socket is gone. */
  gone(connection: PayConnection): void;
  onFault(error: unknown): void;
}

/** A viewer is warned when its channel has so few ticks left, or a tenth of a short one. */
const LOW_TICKS = 60;

/** One viewer's pay socket: several streams, several channels, each held by one socket at a time. */
export class PayConnection implements ChannelHolder, SocketConnection {
  readonly #address: string;
  readonly #context: ConnectionContext;
  readonly #transport: SocketTransport;
  /** Fresh for every socket: a session proof is good on this one only. */
  readonly #nonce = new Uint8Array(randomBytes(32));
  readonly #channels = new Map<ChannelId, LedgerChannel>();
  readonly #tickets = new Map<ChannelId, Uint8Array<ArrayBuffer>>();
  readonly #streams = new Set<StreamId>();
  /** Channels that were said to run low. */
  readonly #warned = new Set<ChannelId>();
  readonly #messages: TokenBucket;
  readonly #proofs: TokenBucket;
  #pending = 0;
  #closed = false;

  constructor(context: ConnectionContext, transport: SocketTransport, address: string) {
    this.#context = context;
    this.#transport = transport;
    this.#address = address;
    const { limits } = context;
    this.#messages = new TokenBucket(limits.messagesPerSecond, limits.messageBurst);
    this.#proofs = new TokenBucket(limits.proofsPerSecond, limits.proofBurst);
  }

  get channels(): Iterable<LedgerChannel> {
    return this.#channels.values();
  }

  /** Handles one frame; whatever it holds, nothing is thrown. */
  receive(frame: string | Uint8Array): void {
    if (this.#closed) return;
    if (!this.#messages.take()) return this.#close(CLOSE_CODES.tooMany, "too many messages");
    let message: ViewerMessage;
    try {
      message = parseViewerMessage(frame);
    } catch (error) {
      if (!(error instanceof WireMessageError)) return this.#fault(error);
      return this.#close(error.closeCode, error.code);
    }
    switch (message.type) {
      case "pause":
        return;
      case "leave":
        return this.#run(() => this.#leave(message.channel));
      case "watch":
        return this.#request(message, { stream: message.stream }, () => this.#watch(message));
      case "open":
        return this.#prove(message, { stream: message.commitment.stream }, () => this.#open(message));
      case "resume":
        return this.#prove(message, { channel: message.channel }, () => this.#resume(message));
      case "tick":
        return this.#request(message, { channel: message.channel }, () => this.#tick(message));
    }
  }

  /** The live edge moved: tells viewers over WebRTC, who see no playlist; with `hint` those too who have fallen behind. */
  edgeMoved(stream: StreamId, edge: Epoch, hint: boolean): void {
    let holds = false;
    for (const channel of this.#channels.values()) {
      if (channel.commitment.stream !== stream) continue;
      holds = true;
      const newest = channel.bought.newest;
      const behind = newest === null ? 0 : Math.max(0, edge - newest);
      const fellBehind = hint && (newest === null || behind > 2);
      if (fellBehind || this.#context.gates.isOpen(channel.id))
        this.#send({ type: "due", stream, channel: channel.id, edge, behind });
    }
    if (hint && !holds) this.#send({ type: "due", stream, channel: null, edge, behind: 0 });
  }

  /** Announces that selling stops, of everything or of what is named. */
  closing(code: ClosingCode, message: string, about: { stream?: StreamId; channel?: ChannelId } = {}): void {
    this.#send({ type: "closing", code, message, ...about });
  }

  superseded(channel: ChannelId): void {
    if (!this.#channels.has(channel)) return;
    this.#forget(channel);
    this.closing("superseded", "Another connection uses this channel now.", { channel });
  }

  changed(channel: LedgerChannel): void {
    if (!this.#channels.has(channel.id)) return;
    if (channel.state === "failed") {
      this.#refused(
        "open",
        { channel: channel.id },
        refuse("tab-opening-failed", "The chain did not open this channel."),
      );
    } else if (channel.closeRequested || channel.state === "ended") {
      this.closing("close-requested", "The channel is being closed on the chain.", { channel: channel.id });
    } else {
      // Credit has grown: the viewer reads how far from here.
      this.#sendOpened(channel);
    }
  }

  /** Says once that what the commitment set aside runs low, while there is time to open another channel. */
  #warnWhenLow(channel: LedgerChannel): void {
    const { maxTicks } = channel.commitment;
    const left = maxTicks - channel.ticks;
    if (left > Math.min(LOW_TICKS, maxTicks / 10) || this.#warned.has(channel.id)) return;
    this.#warned.add(channel.id);
    this.closing("tab-low", `The channel pays for ${left} more ticks.`, { channel: channel.id });
  }

  /** The socket is gone: its channels are free for another. */
  dispose(): void {
    this.#closed = true;
    for (const channel of this.#channels.values()) {
      this.#forget(channel.id);
      this.#context.ledger.release(channel, this);
    }
    this.#streams.clear();
    this.#context.gone(this);
  }

  /** A request that costs a signature check. */
  #prove(message: OpenMessage | ResumeMessage, about: About, handle: () => Promise<Refusal | null>): void {
    if (!this.#proofs.take()) {
      return this.#refused(
        message.type,
        about,
        refuse("rate-limited", "Too many commitments and resumes: wait."),
      );
    }
    this.#request(message, about, handle);
  }

  #request(message: Request, about: About, handle: () => Promise<Refusal | null>): void {
    if (this.#pending >= this.#context.limits.maxPending) {
      return this.#refused(
        message.type,
        about,
        refuse("rate-limited", "Too many requests at once: wait for answers."),
      );
    }
    this.#run(async () => {
      const refusal = await handle();
      if (refusal) this.#refused(message.type, about, refusal);
    });
  }

  #run(task: () => Promise<void>): void {
    this.#pending++;
    task()
      .catch((error: unknown) => this.#fault(error))
      .finally(() => this.#pending--);
  }

  async #watch(message: WatchMessage): Promise<Refusal | null> {
    const context = this.#context;
    const stream = context.streams.find(message.stream);
    if (!stream) return unknownStream();
    if (!this.#streams.has(stream.id)) {
      if (this.#streams.size >= context.limits.maxChannels) {
        return refuse("rate-limited", "This connection watches too many streams.");
      }
      this.#streams.add(stream.id);
      context.watches(this, stream.id);
    }
    const terms = await context.terms.get(stream.id);
    if (terms === "unreachable")
      return refuse("chain-unreachable", "The node cannot read the stream's terms now.");
    if (terms === null || terms.retired) return unknownStream();
    const { seller } = context;
    this.#send({
      type: "terms",
      stream: stream.id,
      terms: terms.version,
      rate: terms.rate,
      tickMs: terms.tickMs,
      operator: seller.operator,
      operatorShare: terms.operatorShare,
      payees: terms.payees,
      openFee: seller.openFee,
      exposureWindow: seller.exposureWindow,
      previewTicks: seller.previewTicks,
      creditTicks: seller.creditTicks,
      unfinalizedTicks: seller.unfinalizedTicks,
      genesisHash: hexToBytes(seller.genesisHash, 32),
      nonce: Uint8Array.from(this.#nonce),
      head: context.terms.head(),
      edge: stream.edgeEpoch(),
    });
    return message.preview.length === 0 ? null : this.#preview(stream, message.preview);
  }

  #preview(stream: PaidStream, epochs: readonly Epoch[]): Refusal | null {
    const window = saleWindow(stream);
    if (window === null) return refuse("stream-off-air", "The stream is not on air.");
    const onSale = epochs.filter((epoch) => epoch >= window.from && epoch <= window.to);
    const granted = this.#context.previews.grant(this.#address, stream.id, onSale);
    if (granted.length === 0) {
      return refuse("preview-exhausted", "There is no free preview left of this stream.");
    }
    const keys = granted.map((epoch) => ({ epoch, key: Uint8Array.from(stream.vault.key(epoch)) }));
    this.#send({ type: "keys", stream: stream.id, channel: null, keys });
    return null;
  }

  async #open(message: OpenMessage): Promise<Refusal | null> {
    const stream = this.#context.streams.find(message.commitment.stream);
    if (!stream) return unknownStream();
    // Opening costs the viewer a fee: not for a stream that shows nothing.
    if (stream.edgeEpoch() === null) return refuse("stream-off-air", "The stream is not on air.");
    if (this.#channels.size >= this.#context.limits.maxChannels) return tooManyChannels();
    const channel = await this.#context.ledger.open(message.commitment, message.signature, this);
    if (!isRefusal(channel)) this.#context.counters.opened();
    return this.#taken(channel);
  }

  async #resume(message: ResumeMessage): Promise<Refusal | null> {
    if (this.#channels.size >= this.#context.limits.maxChannels) return tooManyChannels();
    const { channel, n, preimage, signature } = message;
    const request = { channel, n, preimage, signature, nonce: this.#nonce };
    return this.#taken(await this.#context.ledger.resume(request, this));
  }

  #taken(channel: LedgerChannel | Refusal): Refusal | null {
    if (isRefusal(channel)) return channel;
    if (this.#closed) {
      this.#context.ledger.release(channel, this);
      return null;
    }
    this.#channels.set(channel.id, channel);
    const { stream } = channel.commitment;
    if (!this.#streams.has(stream)) {
      this.#streams.add(stream);
      this.#context.watches(this, stream);
    }
    this.#sendOpened(channel);
    return null;
  }

  async #tick(message: TickMessage): Promise<Refusal | null> {
    const channel = this.#channels.get(message.channel);
    if (!channel) return refuse("channel-unknown", "This connection does not hold the channel: resume it.");
    const stream = this.#context.streams.find(channel.commitment.stream);
    if (!stream) return unknownStream();
    const refusal = await this.#context.ledger.tick(channel, message, saleWindow(stream));
    if (refusal) return refusal;
    // Durable now, so the keys may leave.
    const keys = keysBought(channel, message.epochs, stream.vault);
    this.#context.gates.bought(channel.id, keys);
    this.#context.counters.tick(keys.length);
    this.#send({
      type: "keys",
      stream: stream.id,
      channel: channel.id,
      keys: keys as { epoch: Epoch; key: Uint8Array<ArrayBuffer> }[],
    });
    this.#warnWhenLow(channel);
    return null;
  }

  async #leave(id: ChannelId): Promise<void> {
    const channel = this.#channels.get(id);
    if (!channel) return;
    this.#forget(id);
    await this.#context.ledger.leave(channel).finally(() => this.#context.ledger.release(channel, this));
  }

  /** This socket no longer uses the channel. */
  #forget(id: ChannelId): void {
    this.#channels.delete(id);
    this.#warned.delete(id);
    const ticket = this.#tickets.get(id);
    if (ticket !== undefined) this.#context.gates.revokeTicket(ticket);
    this.#tickets.delete(id);
  }

  #sendOpened(channel: LedgerChannel): void {
    const ticket = this.#tickets.get(channel.id) ?? this.#context.gates.issueTicket(channel);
    this.#tickets.set(channel.id, ticket);
    this.#send({
      type: "opened",
      channel: channel.id,
      n: channel.ticks,
      preimage: Uint8Array.from(channel.preimage),
      bought: channel.bought.toPairs(),
      credit: sellingLimit(channel, this.#context.ledger.credit),
      ticket,
    });
  }

  #refused(request: RefusedMessage["request"], about: About, refusal: Refusal): void {
    this.#context.counters.refused(refusal.refused);
    this.#send({
      type: "refused",
      request,
      ...about,
      code: refusal.refused,
      message: refusal.message,
      ...(refusal.accept ? { accept: refusal.accept } : {}),
    });
  }

  #send(message: NodeMessage): void {
    if (!this.#closed) this.#transport.send(encodeMessage(message));
  }

  #close(code: CloseCode, reason: string): void {
    this.#transport.close(code, reason);
  }

  #fault(error: unknown): void {
    this.#context.onFault(error);
  }
}

type Request = WatchMessage | OpenMessage | ResumeMessage | TickMessage;
type About = { stream?: StreamId; channel?: ChannelId };

const unknownStream = (): Refusal => refuse("stream-unknown", "This node does not sell such a stream.");

const tooManyChannels = (): Refusal => refuse("rate-limited", "This connection holds too many channels.");
