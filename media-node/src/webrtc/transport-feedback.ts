// SPDX-License-Identifier: Apache-2.0
import { Unwrapper } from "./sequence.ts";

/** Header extension that numbers the packets of all sources together. */
export const TRANSPORT_SEQUENCE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

const TRANSPORT_FEEDBACK = 205;
const TRANSPORT_WIDE = 15;
/** Arrival times count in units of this many milliseconds, and the first of a packet in units of 64. */
const UNIT_MS = 0.25;
const REFERENCE_MS = 64;
const MOST_PACKETS = 1_024;
/** Symbols of two bits that a chunk holds. */
const CHUNK_SYMBOLS = 7;
const HEADER_LENGTH = 20;
const SYMBOL = { missing: 0, small: 1, large: 2 } as const;

/** An arrival, as a step from the one before. */
interface Step {
  symbol: (typeof SYMBOL)[keyof typeof SYMBOL];
  units: number;
}

/**
 * Tells a sender when each of its packets came, so that it finds the rate that its line carries before packets queue and get lost
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 */
export class TransportFeedback {
  readonly #unwrapper = new Unwrapper(16);
  /** Arrivals that were not told yet, milliseconds by number. */
  readonly #arrivals = new Map<number, number>();
  #next: number | undefined;
  #highest = -Infinity;
  #count = 0;

  /** @param sequence of 16 bits @param now milliseconds of a clock that never goes back */
  received(sequence: number, now: number): void {
    const number = this.#unwrapper.unwrap(sequence);
    this.#next ??= number;
    if (Math.abs(number - this.#next) >= MOST_PACKETS) {
      // It began anew, or too many are missing to be told one by one.
      this.#arrivals.clear();
      this.#next = number;
      this.#highest = number;
    }
    if (number < this.#next) return; // it was told to be missing; the sender has made its choice
    this.#highest = Math.max(this.#highest, number);
    if (!this.#arrivals.has(number)) this.#arrivals.set(number, now);
  }

  /** What there is to tell since the last time; undefined: nothing. */
  write(sender: number, media: number): Buffer | undefined {
    const first = this.#next;
    if (first === undefined || this.#arrivals.size === 0) return undefined;
    const reference = Math.floor(
      (this.#arrivals.get(Math.min(...this.#arrivals.keys())) ?? 0) / REFERENCE_MS,
    );
    const steps = this.#steps(first, reference);
    const packet = compose(steps);
    packet.writeUInt32BE(sender >>> 0, 4);
    packet.writeUInt32BE(media >>> 0, 8);
    packet.writeUInt16BE(first & 0xffff, 12);
    packet.writeUInt16BE(steps.length, 14);
    packet.writeUIntBE(reference & 0xff_ffff, 16, 3);
    packet.writeUInt8(this.#count++ & 255, 19);
    this.#next = this.#highest + 1;
    this.#arrivals.clear();
    return packet;
  }

  #steps(first: number, reference: number): Step[] {
    let last = (reference * REFERENCE_MS) / UNIT_MS;
    return Array.from({ length: this.#highest - first + 1 }, (_, i): Step => {
      const arrival = this.#arrivals.get(first + i);
      if (arrival === undefined) return { symbol: SYMBOL.missing, units: 0 };
      const units = Math.max(-32_768, Math.min(32_767, Math.round(arrival / UNIT_MS) - last));
      last += units;
      return { symbol: units >= 0 && units <= 255 ? SYMBOL.small : SYMBOL.large, units };
    });
  }
}

/** Header, status chunks and steps; what the header says of the packets is left open. */
function compose(steps: readonly Step[]): Buffer {
  const chunks = Math.ceil(steps.length / CHUNK_SYMBOLS);
  const deltas = steps.reduce((sum, { symbol }) => sum + symbol, 0);
  const length = HEADER_LENGTH + 2 * chunks + deltas;
  const padding = (4 - (length % 4)) % 4;
  const packet = Buffer.alloc(length + padding);
  packet.writeUInt8((2 << 6) | (padding > 0 ? 0x20 : 0) | TRANSPORT_WIDE, 0);
  packet.writeUInt8(TRANSPORT_FEEDBACK, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  if (padding > 0) packet.writeUInt8(padding, packet.length - 1);
  let at = HEADER_LENGTH;
  for (let chunk = 0; chunk < chunks; chunk++) {
    // A vector of two-bit symbols: most significant bits 11, then the symbols.
    const symbols = steps.slice(chunk * CHUNK_SYMBOLS, (chunk + 1) * CHUNK_SYMBOLS);
    const bits = symbols.reduce((sum, { symbol }, i) => sum | (symbol << (12 - 2 * i)), 0xc000);
    at = packet.writeUInt16BE(bits, at);
  }
  for (const { symbol, units } of steps) {
    if (symbol === SYMBOL.small) at = packet.writeUInt8(units, at);
    if (symbol === SYMBOL.large) at = packet.writeInt16BE(units, at);
  }
  return packet;
}
