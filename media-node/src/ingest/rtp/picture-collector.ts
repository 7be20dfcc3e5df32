// SPDX-License-Identifier: Apache-2.0
import type { RtpPacket } from "../../webrtc/rtp.ts";
import type { Picture, PictureReader } from "./picture.ts";

const MOST_PACKETS = 8_192;
const MOST_BYTES = 8 << 20;

export interface PictureCollectorOptions {
  read: PictureReader;
  /** @param timestamp of RTP, 32 bits */
  onPicture: (picture: Picture, timestamp: number) => void;
  /** Pictures are let go until one comes that decodes by itself: it should be asked for. */
  onBroken: () => void;
}

/**
 * Puts packets together to pictures. After a loss it lets go of everything up to the next keyframe: a picture that refers to a
 * missing one would show garbage, and some players stop at it.
 */
export class PictureCollector {
  readonly #options: PictureCollectorOptions;
  #payloads: Buffer[] = [];
  #bytes = 0;
  #timestamp: number | undefined;
  #incomplete = false;
  #needKeyframe = true;

  constructor(options: PictureCollectorOptions) {
    this.#options = options;
  }

  /** Whether nothing can be shown before a keyframe. */
  get needsKeyframe(): boolean {
    return this.#needKeyframe;
  }

  /** The next packet in order. @param afterLoss some before it never came */
  push({ payload, timestamp, marker }: RtpPacket, afterLoss: boolean): void {
    if (afterLoss) this.#lose();
    if (payload.length === 0) return; // it only probed the network
    if (timestamp !== this.#timestamp) {
      // Some senders set no marker: the next picture's first packet ends the one before.
      if (this.#payloads.length > 0) this.#finish();
      this.#timestamp = timestamp;
      this.#incomplete = false;
    }
    this.#payloads.push(payload);
    this.#bytes += payload.length;
    if (this.#payloads.length > MOST_PACKETS || this.#bytes > MOST_BYTES) this.#lose();
    if (marker) this.#finish();
  }

  /** What belongs to the picture at hand is of no use, and what refers to it neither. */
  #lose(): void {
    this.#clear();
    this.#incomplete = true;
    this.#breakOff();
  }

  #breakOff(): void {
    this.#needKeyframe = true;
    this.#options.onBroken();
  }

  #finish(): void {
    const payloads = this.#payloads;
    const timestamp = this.#timestamp ?? 0;
    const incomplete = this.#incomplete;
    this.#clear();
    if (incomplete) return;
    const picture = this.#options.read(payloads);
    if (picture === undefined) {
      this.#breakOff();
    } else if (!this.#needKeyframe || picture.keyframe) {
      this.#needKeyframe = false;
      this.#options.onPicture(picture, timestamp);
    } else {
      this.#options.onBroken();
    }
  }

  #clear(): void {
    this.#payloads = [];
    this.#bytes = 0;
  }
}
