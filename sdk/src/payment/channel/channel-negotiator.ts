// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  type OpenedMessage,
  type Planck,
  type RefusedMessage,
  type TermsMessage,
} from "@tickstream/contracts-types";
import { PaymentBlockedError, SdkError } from "../../errors.ts";
import type { ChannelRecord } from "../session-store.ts";
import type { WebRtcTicket } from "../session/pay-session.ts";
import { ActiveChannel } from "./active-channel.ts";
import { makeCommitment } from "./make-commitment.ts";
import type { NegotiatorOptions } from "./negotiator-options.ts";
import { passingWaitOf, refusalOf, remedyFor } from "./refusals.ts";

/** A refusal that ought to pass by itself is the viewer's to know after this long. */
const PATIENCE_MS = 20_000;
const AGAIN_MS = 1_000;
const LATER_MS = 3_000;
/** Commitments made in a row without one being accepted. */
const MAX_RENEWALS = 4;
const MAX_RETIRED = 4;

/**
 * Gets the session a channel the node accepts, and keeps it one: offers and resumes, on each connection anew, and opens
 * the next channel before the current one is used up. Its methods run one at a time, in the session's queue.
 */
export class ChannelNegotiator {
  readonly #options: NegotiatorOptions;
  #terms: TermsMessage | null = null;
  #acceptedRate: Planck;
  #resume: ChannelRecord | undefined;
  #current: ActiveChannel | null = null;
  #upcoming: ActiveChannel | null = null;
  /** Used up or given up; their last keys may still be proved. */
  readonly #retired: ActiveChannel[] = [];
  /** Unanswered ticks of channels that are no longer held. */
  #abandoned = 0;
  /** The chain takes no smaller channel, as the node says. */
  #minTicks = 1;
  #renewals = 0;
  #refusedSince: number | null = null;
  #askingAgain = false;
  /** Another connection uses the channel: it stays theirs until the viewer says otherwise. */
  #superseded = false;
  /** The next channel could not be made; not tried again before something changes. */
  #noUpcoming: PaymentBlockedError | null = null;

  constructor(options: NegotiatorOptions) {
    this.#options = options;
    this.#acceptedRate = options.rate;
    this.#resume = options.resume;
  }

  get terms(): TermsMessage | null {
    return this.#terms;
  }

  get current(): ActiveChannel | null {
    return this.#current;
  }

  get channels(): ActiveChannel[] {
    return [this.#current, this.#upcoming, ...this.#retired].filter((channel) => channel !== null);
  }

  /** Of the channels held, the one in use first. */
  get tickets(): WebRtcTicket[] {
    return [this.#current, this.#upcoming].flatMap((channel) => channel?.ticket ?? []);
  }

  /** Ticks that the channels held can still pay. */
  get ticksLeft(): number {
    return [this.#current, this.#upcoming].reduce((sum, one) => sum + (one?.payer.ticksLeft ?? 0), 0);
  }

  /** Unanswered ticks of channels other than this one. */
  exposureBeside(payer: ActiveChannel["payer"]): number {
    return this.channels.reduce(
      (sum, other) => sum + (other.payer === payer ? 0 : other.payer.exposure),
      this.#abandoned,
    );
  }

  /** Whether some of {@link exposureBeside} waits for keys that no open channel will bring. */
  get stuck(): boolean {
    return this.#abandoned > 0 || this.#retired.some(({ payer }) => payer.exposure > payer.unproved.length);
  }

  connectionLost(): void {
    for (const channel of this.channels) {
      channel.opened = false;
      channel.ticket = null;
    }
  }

  /** Another window took the channel over. */
  superseded(): void {
    this.#superseded = true;
    this.connectionLost();
  }

  watch(): void {
    if (this.#superseded) return;
    this.#options.host.send({ type: "watch", stream: this.#options.stream, preview: [] });
  }

  async onTerms(terms: TermsMessage): Promise<void> {
    const { genesisHash, operator, host } = this.#options;
    if (bytesToHex(terms.genesisHash) !== genesisHash || terms.operator !== operator) {
      this.#refuse(new SdkError("node-misbehaved", "The node's terms name another chain or operator."));
      return;
    }
    const known = this.#terms?.rate ?? this.#acceptedRate;
    this.#terms = terms;
    if (terms.rate !== known && terms.rate !== this.#acceptedRate) {
      host.termsChanged({ from: this.#acceptedRate, to: terms.rate, terms: terms.terms });
    }
    await this.#negotiate();
  }

  async onOpened(message: OpenedMessage): Promise<void> {
    const { host } = this.#options;
    const channel = [this.#current, this.#upcoming].find((one) => one?.id === message.channel);
    if (!channel) return;
    const token = bytesToHex(message.ticket).slice(2);
    if (channel.ticket?.token !== token) {
      channel.ticket = { channel: channel.id, token };
      host.ticket(channel.ticket);
    }
    if (channel.opened || message.n < channel.payer.n) {
      // Not the answer to a resume but news of credit, sent while ticks were on their way.
      if (!channel.opened) return;
      channel.payer.askRefused();
      if (channel === this.#current) host.ready();
      return;
    }
    const fresh = channel.record.state === "offered";
    try {
      await channel.acceptOpened(message);
    } catch (error) {
      if (!(error instanceof SdkError) || error.code !== "node-misbehaved") throw error;
      this.#refuse(error);
      return;
    }
    this.#renewals = 0;
    this.#refusedSince = null;
    if (fresh) this.#options.spend.payFee(channel.record.commitment.openFee);
    // The next channel may be what the used-up current one waits for.
    if (this.#current?.opened) host.ready();
  }

  /** Refusals of anything but ticks. */
  async onRefused(message: RefusedMessage): Promise<void> {
    const refusal = refusalOf(message);
    const channel = this.#refusedChannel(message);
    const { host } = this.#options;
    host.error(refusal);
    switch (remedyFor(message)) {
      case "drop":
        return;
      case "again":
        await this.#wait(message, refusal, channel);
        return;
      case "resume":
        if (!channel) return;
        if (channel.record.state === "offered") await channel.setState("open");
        await this.#introduce(channel);
        return;
      case "next-tab":
        if (channel) {
          await this.#options.store.removeTab(channel.record.genesisHash, channel.record.commitment.tab);
        }
        await this.#renew(channel, refusal);
        return;
      case "renew":
        await this.#renew(channel, refusal);
        return;
      case "final": {
        const least = Number(refusal.accept["maxTicksMin"] ?? 0);
        if (Number.isSafeInteger(least) && least > this.#minTicks) {
          this.#minTicks = least;
          await this.#renew(channel, refusal);
        } else await this.#giveUp(channel, refusal);
      }
    }
  }

  /**
   * A refusal that passes by itself is waited for without end, since the channel is as good as before: another one would
   * cost another fee. A tab without enough money is the viewer's to know of.
   */
  async #wait(message: RefusedMessage, refusal: SdkError, channel: ActiveChannel | null): Promise<void> {
    const { host } = this.#options;
    this.#refusedSince ??= host.now();
    const waited = host.now() - this.#refusedSince;
    const passing = passingWaitOf(message);
    if (waited > PATIENCE_MS) {
      if (passing === null) {
        await this.#giveUp(channel, new PaymentBlockedError("tab-empty", undefined, { cause: refusal }));
        return;
      }
      host.blocked(new PaymentBlockedError(passing, undefined, { cause: refusal }));
    }
    if (this.#askingAgain) return;
    this.#askingAgain = true;
    host.later(waited > PATIENCE_MS ? LATER_MS : AGAIN_MS, async () => {
      this.#askingAgain = false;
      this.watch();
    });
  }

  /** Introduces the current channel once more on this connection: the node's view of it and ours differ. */
  async reintroduce(): Promise<void> {
    if (!this.#current) return;
    this.#current.opened = false;
    await this.#introduce(this.#current);
  }

  /** The node ends the current channel: another one goes on. */
  async replaceCurrent(): Promise<void> {
    await this.#retire();
    await this.#negotiate();
  }

  /** Opens the channel that follows, ahead of need. */
  async prepareNext(): Promise<void> {
    if (this.#upcoming || this.#noUpcoming || !this.#terms || !this.#current) return;
    try {
      this.#upcoming = await this.#offer(this.#terms);
    } catch (error) {
      if (!(error instanceof PaymentBlockedError)) throw error;
      this.#noUpcoming = error;
    }
  }

  /** The current channel is used up: goes over to the next, as soon as the node accepted that. */
  async switchOver(): Promise<void> {
    const next = this.#upcoming;
    if (next?.opened) {
      await this.#retire();
      this.#upcoming = null;
      this.#current = next;
      this.#options.host.ready();
      return;
    }
    if (!next && this.#noUpcoming) this.#options.host.blocked(this.#noUpcoming);
    else await this.prepareNext();
  }

  /** Takes every unanswered tick as lost; gives how many. Only ever at the viewer's word. */
  forgive(): number {
    const lost = this.channels.reduce((sum, { payer }) => sum + payer.forgive(), this.#abandoned);
    this.#abandoned = 0;
    return lost;
  }

  /** Something changed on the viewer's side: money, consent. */
  async retry(): Promise<void> {
    this.#superseded = false;
    this.#noUpcoming = null;
    this.#renewals = 0;
    this.#refusedSince = null;
    if (this.#current?.opened) this.#options.host.ready();
    else this.watch();
  }

  async acceptTerms(): Promise<void> {
    if (this.#terms) this.#acceptedRate = this.#terms.rate;
    await this.retry();
  }

  async leave(): Promise<void> {
    for (const channel of this.channels) {
      if (channel.record.state === "left") continue;
      this.#options.host.send({ type: "leave", channel: channel.id });
      await channel.setState("left");
    }
  }

  async dispose(): Promise<void> {
    const channels = this.channels;
    this.#current = this.#upcoming = null;
    this.#retired.length = 0;
    await Promise.all(channels.map((channel) => channel.release()));
  }

  async #negotiate(): Promise<void> {
    if (this.#superseded) return;
    const terms = this.#terms!;
    try {
      if (!this.#current && this.#resume) {
        this.#current = await this.#take(this.#resume, terms);
        this.#resume = undefined;
      }
      if (this.#current) {
        if (!this.#current.opened) await this.#introduce(this.#current);
      } else this.#current = await this.#offer(terms);
    } catch (error) {
      if (!(error instanceof PaymentBlockedError)) throw error;
      this.#options.host.blocked(error);
      return;
    }
    if (this.#upcoming && !this.#upcoming.opened) await this.#introduce(this.#upcoming);
  }

  async #introduce(channel: ActiveChannel): Promise<void> {
    const terms = this.#terms!;
    if (channel.record.state !== "offered") {
      this.#options.host.send(await channel.resumeMessage(terms));
    } else if (terms.head <= channel.record.commitment.openBy) {
      this.#options.host.send(channel.openMessage());
    } else {
      // It can no longer open on chain, so nothing of it can be spent.
      await this.#renew(channel, new SdkError("refused", "The commitment was not opened in time."));
    }
  }

  async #offer(terms: TermsMessage): Promise<ActiveChannel | null> {
    const { store, spend, node, tab, owner, host } = this.#options;
    if (terms.rate !== this.#acceptedRate) throw new PaymentBlockedError("terms-changed");
    // A fee that leaves nothing for a tick buys nothing.
    if (!spend.covers(terms.openFee + terms.rate)) throw new PaymentBlockedError("limit-reached");
    const minTicks = this.#minTicks;
    const { record, chain } = await makeCommitment({ store, terms, node, tab, owner, minTicks });
    const channel = await ActiveChannel.take({ store, record, chain, payer: host.payerOptions(terms) });
    if (channel) host.send(channel.openMessage());
    return channel;
  }

  #take(record: ChannelRecord, terms: TermsMessage): Promise<ActiveChannel | null> {
    const { store, host } = this.#options;
    return ActiveChannel.take({ store, record, payer: host.payerOptions(terms) });
  }

  async #renew(channel: ActiveChannel | null, cause: SdkError): Promise<void> {
    if (++this.#renewals > MAX_RENEWALS) {
      await this.#giveUp(channel, cause);
      return;
    }
    await this.#discard(channel);
    // Fresh terms first: what was refused was made on stale ones.
    this.watch();
  }

  async #giveUp(channel: ActiveChannel | null, cause: SdkError): Promise<void> {
    const upcoming = channel !== null && channel === this.#upcoming;
    await this.#discard(channel);
    const error =
      cause instanceof PaymentBlockedError
        ? cause
        : new PaymentBlockedError("refused", `The node refused: ${cause.shortMessage}`, { cause });
    if (upcoming) this.#noUpcoming = error;
    else this.#options.host.blocked(error);
  }

  #refuse(cause: SdkError): void {
    this.#options.host.error(cause);
    this.#options.host.blocked(new PaymentBlockedError("refused", cause.shortMessage, { cause }));
  }

  /** A channel that was never opened counts as spent until it can't be; one that was is left to be settled. */
  async #discard(channel: ActiveChannel | null): Promise<void> {
    if (!channel) return;
    if (channel === this.#upcoming) this.#upcoming = null;
    if (channel === this.#current) this.#current = null;
    this.#abandoned += channel.payer.exposure;
    await channel.setState(channel.record.state === "offered" ? "refused" : "left");
    await channel.release();
  }

  async #retire(): Promise<void> {
    const channel = this.#current;
    if (!channel) return;
    this.#current = null;
    this.#options.host.send({ type: "leave", channel: channel.id });
    await channel.setState("left");
    this.#retired.push(channel);
    if (this.#retired.length <= MAX_RETIRED) return;
    const oldest = this.#retired.shift()!;
    this.#abandoned += oldest.payer.exposure;
    await oldest.release();
  }

  #refusedChannel({ channel, request }: RefusedMessage): ActiveChannel | null {
    const open = [this.#current, this.#upcoming];
    if (channel !== undefined) return open.find((one) => one?.id === channel) ?? null;
    const state = request === "open" ? "offered" : "open";
    return open.find((one) => one && !one.opened && one.record.state === state) ?? null;
  }
}
