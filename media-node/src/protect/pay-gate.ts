// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { bytesToHex, type ChannelId, type Epoch, type StreamId } from "@tickstream/contracts-types";
import type { EpochRanges } from "../ledger/epoch-ranges.ts";
import type { LedgerChannel } from "../ledger/ledger-channel.ts";

/** Where a stream's keys come from. */
export interface EpochKeys {
  key(epoch: Epoch): Uint8Array;
}

export interface EpochKey {
  epoch: Epoch;
  key: Uint8Array;
}

/**
 * The keys of those epochs that the channel has bought, and of no other.
 * To be asked only after the ledger has stored the tick that bought them.
 */
export function keysBought(channel: LedgerChannel, epochs: readonly Epoch[], vault: EpochKeys): EpochKey[] {
  const keys: EpochKey[] = [];
  for (const epoch of new Set(epochs)) {
    if (channel.bought.has(epoch)) keys.push({ epoch, key: vault.key(epoch) });
  }
  return keys;
}

/** Bytes of a ticket: enough that nobody guesses one. */
const TICKET_BYTES = 16;

/** What a channel's viewer may be forwarded over WebRTC: frames of epochs that it bought, and no other. */
export interface ChannelGate {
  readonly channel: ChannelId;
  readonly stream: StreamId;
  isOpen(epoch: Epoch): boolean;
  /** Nothing is forwarded any more. */
  close(): void;
}

interface OpenGate {
  bought: EpochRanges;
  onSuperseded: () => void;
}

/**
 * The gates of all channels whose viewers watch over WebRTC. A ticket, which a channel's pay socket was given, opens one;
 * it stays open when that socket goes, and what is bought through the channel's next one counts as well.
 */
export class PayGates {
  readonly #stored: (channel: LedgerChannel) => Promise<void>;
  /** By ticket, as hex; there is one for each channel that a socket holds. */
  readonly #tickets = new Map<string, LedgerChannel>();
  readonly #open = new Map<ChannelId, OpenGate>();
  /** How many of these gates a stream has. */
  readonly #perStream = new Map<StreamId, number>();

  /** @param stored resolves when what the channel has bought is durable, rejects where it can't be stored now */
  constructor(stored: (channel: LedgerChannel) => Promise<void>) {
    this.#stored = stored;
  }

  issueTicket(channel: LedgerChannel): Uint8Array<ArrayBuffer> {
    const ticket = new Uint8Array(randomBytes(TICKET_BYTES));
    this.#tickets.set(bytesToHex(ticket), channel);
    return ticket;
  }

  revokeTicket(ticket: Uint8Array): void {
    this.#tickets.delete(bytesToHex(ticket));
  }

  /**
   * The gate of the channel that this ticket was given to, or undefined where it was given to none (any more).
   * A channel has one gate: the newest counts, since one payment is for one viewer.
   *
   * @param ticket hex, with or without `0x`
   * @param onSuperseded the channel's viewer opened another
   * @throws LedgerUnavailableError where what was bought can't be stored now
   */
  async open(ticket: string, onSuperseded: () => void): Promise<ChannelGate | undefined> {
    const channel = this.#tickets.get(ticket.startsWith("0x") ? ticket : `0x${ticket}`);
    if (channel === undefined) return undefined;
    await this.#stored(channel);
    const { id } = channel;
    const { stream } = channel.commitment;
    const previous = this.#open.get(id);
    const gate: OpenGate = { bought: channel.bought.copy(), onSuperseded };
    this.#open.set(id, gate);
    if (previous === undefined) this.#count(stream, 1);
    else previous.onSuperseded();
    return {
      channel: id,
      stream,
      isOpen: (epoch) => gate.bought.has(epoch),
      close: () => {
        if (this.#open.get(id) !== gate) return;
        this.#open.delete(id);
        this.#count(stream, -1);
      },
    };
  }

  /** The epochs of these keys were bought with the channel, durably. */
  bought(channel: ChannelId, keys: readonly Pick<EpochKey, "epoch">[]): void {
    const gate = this.#open.get(channel);
    if (gate !== undefined) for (const { epoch } of keys) gate.bought.add(epoch);
  }

  /** Whether the channel's viewer watches over WebRTC. */
  isOpen(channel: ChannelId): boolean {
    return this.#open.has(channel);
  }

  /** Whether any viewer of the stream pays and watches over WebRTC. */
  anyOpen(stream: StreamId): boolean {
    return this.#perStream.has(stream);
  }

  #count(stream: StreamId, change: number): void {
    const gates = (this.#perStream.get(stream) ?? 0) + change;
    if (gates > 0) this.#perStream.set(stream, gates);
    else this.#perStream.delete(stream);
  }
}
