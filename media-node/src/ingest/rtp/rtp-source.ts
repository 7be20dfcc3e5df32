// SPDX-License-Identifier: Apache-2.0
import type { ReportBlock, SenderReport } from "../../webrtc/rtcp.ts";
import type { RtpPacket } from "../../webrtc/rtp.ts";
import { Unwrapper } from "../../webrtc/sequence.ts";
import { ReceiveBuffer, type ReceiveBufferOptions } from "./receive-buffer.ts";

export interface RtpSourceOptions extends ReceiveBufferOptions {
  /** Of its timestamps, a second. */
  clockRate: number;
}

/** How a source's packets come, since the beginning. */
export interface RtpSourceStats {
  received: number;
  /** Never came, asked for or not. */
  lost: number;
  /** Came when they were asked for again. */
  recovered: number;
  /** Of arrival times (RFC 3550 section 6.4.1), milliseconds. */
  jitterMs: number;
  /** From asking for a packet to having it; undefined while none was asked for. */
  roundTripMs: number | undefined;
}

/** A source that is heard no more gives way to another with the same payload type, milliseconds. */
const SILENT_MS = 1_000;

const RTX_HEADER_LENGTH = 2;

/** One track's packets: in order, and reported on as RFC 3550 (appendices A.3, A.8) says. */
export class RtpSource {
  readonly #options: RtpSourceOptions;
  #buffer: ReceiveBuffer;
  #ssrc: number | undefined;
  #heardAt = 0;
  #sequence = new Unwrapper(16);
  #first = 0;
  #highest = -1;
  #received = 0;
  #prior = { expected: 0, received: 0 };
  #jitter = 0;
  #transit: number | undefined;
  #senderReport: { middle: number; at: number } | undefined;
  /** Of sources that were there before. */
  #before = { received: 0, lost: 0, recovered: 0 };

  constructor(options: RtpSourceOptions) {
    this.#options = options;
    this.#buffer = new ReceiveBuffer(options);
  }

  /** Undefined: nothing came yet. */
  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  push(packet: RtpPacket, now: number): void {
    if (packet.ssrc !== this.#ssrc) {
      if (this.#ssrc !== undefined && now - this.#heardAt < SILENT_MS) return;
      this.#beginAnew(packet);
    }
    this.#heardAt = now;
    this.#received++;
    this.#highest = Math.max(this.#highest, this.#sequence.unwrap(packet.sequence));
    this.#measureJitter(packet, now);
    this.#buffer.push(packet, now);
  }

  /** A packet that is sent again in a stream of its own (RTX, RFC 4588): its number stands before its payload. */
  pushRepeated(packet: RtpPacket, payloadType: number, now: number): void {
    // Without a number it only probes the network.
    if (this.#ssrc === undefined || packet.payload.length <= RTX_HEADER_LENGTH) return;
    const sequence = packet.payload.readUInt16BE(0);
    const payload = packet.payload.subarray(RTX_HEADER_LENGTH);
    this.#buffer.push({ ...packet, payloadType, sequence, payload, ssrc: this.#ssrc }, now);
  }

  /** @returns sequence numbers to ask for */
  poll(now: number): number[] {
    return this.#buffer.poll(now);
  }

  senderReport({ ntpMiddle }: SenderReport, now: number): void {
    this.#senderReport = { middle: ntpMiddle, at: now };
  }

  /** Since the last one; undefined while nothing came. */
  report(now: number): ReportBlock | undefined {
    if (this.#ssrc === undefined) return undefined;
    const expected = this.#highest - this.#first + 1;
    const expectedNow = expected - this.#prior.expected;
    const lostNow = expectedNow - (this.#received - this.#prior.received);
    this.#prior = { expected, received: this.#received };
    return {
      ssrc: this.#ssrc,
      fractionLost: expectedNow > 0 && lostNow > 0 ? Math.min(lostNow / expectedNow, 255 / 256) : 0,
      lost: expected - this.#received,
      highestSequence: this.#highest >>> 0,
      jitter: Math.round(this.#jitter),
      lastReport: this.#senderReport?.middle ?? 0,
      delay: this.#senderReport === undefined ? 0 : Math.round((now - this.#senderReport.at) * 65.536),
    };
  }

  stats(): RtpSourceStats {
    return {
      received: this.#before.received + this.#received,
      lost: this.#before.lost + this.#buffer.lost,
      recovered: this.#before.recovered + this.#buffer.recovered,
      jitterMs: (this.#jitter * 1_000) / this.#options.clockRate,
      roundTripMs: this.#buffer.roundTripMs,
    };
  }

  #measureJitter({ timestamp }: RtpPacket, now: number): void {
    const transit = ((now * this.#options.clockRate) / 1_000 - timestamp) % 2 ** 32;
    if (this.#transit !== undefined) {
      const difference = Math.abs(transit - this.#transit);
      // A wrap-around of the timestamp is no jitter.
      if (difference < this.#options.clockRate * 10) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  #beginAnew(packet: RtpPacket): void {
    const { received, lost, recovered } = this.stats();
    this.#before = { received, lost, recovered };
    this.#buffer = new ReceiveBuffer(this.#options, this.#ssrc !== undefined);
    this.#ssrc = packet.ssrc;
    this.#sequence = new Unwrapper(16);
    this.#first = this.#highest = packet.sequence;
    this.#received = 0;
    this.#prior = { expected: 0, received: 0 };
    this.#transit = undefined;
    this.#senderReport = undefined;
  }
}
