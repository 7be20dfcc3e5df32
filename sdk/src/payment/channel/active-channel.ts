// SPDX-License-Identifier: Apache-2.0
import {
  bytesEqual,
  hexToBytes,
  sessionProofMessage,
  HashChain,
  type OpenedMessage,
  type Planck,
  type TermsMessage,
  type ViewerMessage,
} from "@tickstream/contracts-types";
import { SdkError } from "../../errors.ts";
import type { ChannelRecord, ChannelState, SessionStore, StoreLock } from "../session-store.ts";
import type { WebRtcTicket } from "../session/pay-session.ts";
import { Payer, type PayerDecision, type PayerOptions } from "../ticks/payer.ts";
import { lockChannel } from "./channel-lock.ts";

/** A channel this session holds the lock of, and pays with. */
export class ActiveChannel {
  readonly payer: Payer;
  readonly #store: SessionStore;
  readonly #chain: HashChain;
  readonly #lock: StoreLock;
  #record: ChannelRecord;
  #durableN: number;
  #saving: Promise<void> | null = null;
  #saveAgain = false;
  /** Accepted by the node on the connection that stands. */
  opened = false;
  /** What this channel's WebRTC session is opened with, on the connection that stands. */
  ticket: WebRtcTicket | null = null;

  private constructor(
    store: SessionStore,
    record: ChannelRecord,
    chain: HashChain,
    lock: StoreLock,
    payer: Omit<PayerOptions, "progress" | "maxTicks" | "rate">,
  ) {
    this.#store = store;
    this.#record = record;
    this.#chain = chain;
    this.#lock = lock;
    this.#durableN = record.progress.n;
    const { maxTicks, rate } = record.commitment;
    this.payer = new Payer({ ...payer, progress: record.progress, maxTicks, rate });
  }

  /** `null` where another page or process pays with this channel. */
  static async take(params: {
    store: SessionStore;
    record: ChannelRecord;
    chain?: HashChain;
    payer: Omit<PayerOptions, "progress" | "maxTicks" | "rate">;
  }): Promise<ActiveChannel | null> {
    const { store, payer } = params;
    const lock = await lockChannel(store, params.record.channel);
    if (lock === null) return null;
    try {
      // Read again under the lock: the one who held it before may have paid on.
      const record = (await store.channels(params.record.genesisHash)).find(
        ({ channel }) => channel === params.record.channel,
      );
      if (!record) throw new SdkError("store-failed", "The channel's record is gone.");
      const chain = params.chain ?? HashChain.create(record.seed, record.commitment.maxTicks);
      return new ActiveChannel(store, record, chain, lock, payer);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get record(): ChannelRecord {
    return this.#record;
  }

  get id(): ChannelRecord["channel"] {
    return this.#record.channel;
  }

  get rate(): Planck {
    return this.#record.commitment.rate;
  }

  openMessage(): ViewerMessage {
    const { commitment, signature } = this.#record;
    return {
      type: "open",
      commitment: { ...commitment, anchor: commitment.anchor as Uint8Array<ArrayBuffer> },
      signature: hexToBytes(signature, 64),
    };
  }

  /** The proof that this device may use the channel on the socket whose nonce `terms` carries. */
  async resumeMessage(terms: TermsMessage): Promise<ViewerMessage> {
    if (this.payer.n > this.#durableN) await this.saveProgress();
    const key = await this.#store.sessionKey();
    const message = sessionProofMessage({
      genesisHash: terms.genesisHash,
      operator: this.#record.operator,
      channel: this.id,
      nonce: terms.nonce,
    });
    const n = this.#durableN;
    return {
      type: "resume",
      channel: this.id,
      n,
      preimage: this.#chain.preimage(n),
      signature: (await key.sign(message)) as Uint8Array<ArrayBuffer>,
    };
  }

  /**
   * Takes over the node's view.
   *
   * @throws {@link SdkError} `node-misbehaved` where its `n` is higher without a valid `p(n)`, or lower than proved
   */
  async acceptOpened(message: OpenedMessage): Promise<void> {
    if (message.n > this.#record.commitment.maxTicks) {
      throw new SdkError("node-misbehaved", "The node claims more ticks than the channel has.");
    }
    if (!bytesEqual(this.#chain.preimage(message.n), message.preimage)) {
      throw new SdkError("node-misbehaved", "The node claims ticks that it cannot prove.");
    }
    this.payer.resumed(message.n, message.bought);
    this.opened = true;
    await this.setState("open");
  }

  /** The message of a decided tick, once what it reveals is durable. */
  async tickMessage(decision: Extract<PayerDecision, { kind: "tick" }>): Promise<ViewerMessage> {
    if (decision.n > this.#durableN) {
      await this.#store.advance(this.id, decision.progress);
      this.#durableN = Math.max(this.#durableN, decision.n);
    }
    return {
      type: "tick",
      channel: this.id,
      n: decision.n,
      preimage: this.#chain.preimage(decision.n),
      epochs: decision.epochs,
    };
  }

  /** Stores what was answered, so that a later life does not ask for it again; changes in quick succession are one write. */
  saveProgress(): Promise<void> {
    if (this.#saving) {
      this.#saveAgain = true;
      return this.#saving;
    }
    this.#saving = (async () => {
      do {
        this.#saveAgain = false;
        const progress = this.payer.progress;
        await this.#store.advance(this.id, progress);
        this.#durableN = Math.max(this.#durableN, progress.n);
      } while (this.#saveAgain);
    })().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  async setState(state: ChannelState): Promise<void> {
    this.#record = { ...this.#record, state, progress: this.payer.progress };
    await this.#store.putChannel(this.#record);
    this.#durableN = Math.max(this.#durableN, this.#record.progress.n);
  }

  /** Lets others use the channel. */
  async release(): Promise<void> {
    await this.#saving?.catch(() => undefined);
    await this.#lock.release();
  }
}
