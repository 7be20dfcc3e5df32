// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { writeSenderReport } from "../../webrtc/rtcp.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../webrtc/rtp.ts";
import type { PacketHistory, PacketizedFrame } from "./packet-history.ts";

export interface RtpSenderOptions {
  payloadType: number;
  ssrc: number;
  /** The last packet of a frame is marked: so it is for video. */
  marksFrames: boolean;
  history: PacketHistory;
  /** Puts a packet on the network; false: it did not take it. The bytes are only valid during the call. */
  send: (packet: Buffer) => boolean;
}

/** What one viewer got of one track. */
export interface RtpSenderStats {
  packets: number;
  bytes: number;
  /** Packets that the network did not take. */
  unsent: number;
  resent: number;
}

interface Squeeze {
  /** From this sequence number on. */
  from: number;
  /** Position of the last of its frames, and that one's timestamp. */
  last: number;
  timestamp: number;
  /** Between two frames. */
  step: number;
}

/** Stretches of packets without a gap that are remembered. */
const MAX_STRETCHES = 32;

/**
 * Sends a track's packets to one viewer. Its sequence numbers have no gaps where it was sent nothing on purpose: the player would
 * take that for loss.
 */
export class RtpSender {
  readonly #options: RtpSenderOptions;
  readonly #stats: RtpSenderStats = { packets: 0, bytes: 0, unsent: 0, resent: 0 };
  /** Not wrapped to 16 bits; RFC 3550 wants it to begin anywhere. */
  #nextSequence = randomInt(1, 2 ** 15);
  /** From which sequence number on packet numbers are so much lower, oldest first. */
  readonly #stretches: { from: number; offset: number }[] = [];
  /** Where a viewer catches up, its timestamps are closer together than the media's. */
  #squeezed: Squeeze | undefined;
  #lastTimestamp: number | undefined;

  constructor(options: RtpSenderOptions) {
    this.#options = options;
  }

  get stats(): Readonly<RtpSenderStats> {
    return this.#stats;
  }

  /**
   * These frames are about to be sent faster than they play: a player shows the last of them without delay if their
   * timestamps are next to each other, and would otherwise stay behind by as much as they last.
   *
   * @param step wanted between two timestamps
   */
  squeeze(frames: readonly PacketizedFrame[], step: number): void {
    const [last, before] = [frames.at(-1), frames.at(-2)];
    if (last === undefined) return;
    const sent = this.#lastTimestamp;
    // Timestamps never go back: what was sent already is followed by what fits in before the next frame.
    const isLater = sent === undefined || sent < last.timestamp;
    const room = isLater
      ? last.timestamp - (sent ?? Number.NEGATIVE_INFINITY)
      : last.timestamp - (before?.timestamp ?? last.timestamp - frames.length - 1) - 1;
    const fitting = Math.max(1, Math.min(step, Math.floor(room / frames.length)));
    this.#squeezed = {
      from: this.#nextSequence,
      last: last.position,
      timestamp: isLater ? last.timestamp : sent + frames.length * fitting,
      step: fitting,
    };
  }

  sendFrame(frame: PacketizedFrame): void {
    const { first, packets } = frame;
    const offset = this.#nextSequence - first;
    if (this.#stretches.at(-1)?.offset !== offset) {
      this.#stretches.push({ from: this.#nextSequence, offset });
      if (this.#stretches.length > MAX_STRETCHES) this.#stretches.shift();
    }
    const timestamp = this.#timestampOf(frame, this.#nextSequence);
    for (let i = 0; i < packets.length; i++) this.#send(frame, i, this.#nextSequence++, timestamp);
    this.#lastTimestamp = timestamp;
  }

  /** Sends packets again that did not arrive, if they are still there. @param sequence 16 bits */
  resend(sequence: number): boolean {
    const sent = this.#nextSequence - ((this.#nextSequence - sequence) & 0xffff);
    const stretch = this.#stretches.findLast(({ from }) => from <= sent);
    const found = stretch && this.#options.history.find(sent - stretch.offset);
    if (found === undefined || sent >= this.#nextSequence) return false;
    const { frame } = found;
    this.#send(frame, sent - (stretch?.offset ?? 0) - frame.first, sent, this.#timestampOf(frame, sent));
    this.#stats.resent++;
    return true;
  }

  /** Tells how the track's timestamps stand to the wall clock. @param ntpMs milliseconds since 1900 */
  report(ntpMs: number, rtpTimestamp: number): void {
    const { ssrc, send } = this.#options;
    const { packets, bytes } = this.#stats;
    send(writeSenderReport({ ssrc, ntpMs, rtpTimestamp, packets, bytes }));
  }

  #timestampOf({ position, timestamp }: PacketizedFrame, sequence: number): number {
    const squeezed = this.#squeezed;
    if (squeezed === undefined || sequence < squeezed.from || position > squeezed.last) return timestamp;
    return squeezed.timestamp - (squeezed.last - position) * squeezed.step;
  }

  #send(frame: PacketizedFrame, index: number, sequence: number, timestamp: number): void {
    const { payloadType, ssrc, marksFrames, send } = this.#options;
    const packet = frame.packets[index] as Buffer;
    const marker = marksFrames && index === frame.packets.length - 1;
    writeRtpHeader(packet, { payloadType, marker, sequence, timestamp, ssrc });
    if (!send(packet)) this.#stats.unsent++;
    this.#stats.packets++;
    this.#stats.bytes += packet.length - RTP_HEADER_LENGTH;
  }
}
