// SPDX-License-Identifier: Apache-2.0
import type { AudioTrack } from "../../media/frame.ts";
import { opusSamples } from "../codec-config.ts";
import { SOUND_RATE } from "./publisher-clock.ts";

/** A 20 ms Opus packet of digital silence (RFC 6716: CELT, fullband). */
const SILENCE = Buffer.of(0xf8, 0xff, 0xfe);
const SILENCE_SAMPLES = 960;
/** A longer gap is not filled at once: the clock of the stream decides what becomes of it. Samples. */
const LONGEST_GAP = 60 * SOUND_RATE;

/** The track of what WebRTC calls `opus/48000/2`: packets may be mono or stereo, decoders make two channels of them. */
export function webRtcOpusTrack(): AudioTrack {
  const channels = 2;
  // dOps (Opus in ISOBMFF section 4.3.2): no pre-skip, since a live stream is never heard from its encoder's start.
  const config = Buffer.alloc(11);
  config.writeUInt8(channels, 1);
  config.writeUInt32BE(SOUND_RATE, 4);
  return {
    kind: "audio",
    codec: "Opus",
    config,
    channels,
    timescale: SOUND_RATE,
    frameDuration: SILENCE_SAMPLES,
  };
}

/**
 * Puts Opus packets in an unbroken line. Senders leave out silence (DTX), drop the track for a while, and lose packets; players
 * that get sound with holes stop, or play it too early: so every hole is filled with silence.
 */
export class SoundLine {
  readonly #emit: (dts: number, packet: Uint8Array) => void;
  /** Where the next packet begins, in samples, if nothing is missing. */
  #next: number | undefined;

  constructor(emit: (dts: number, packet: Uint8Array) => void) {
    this.#emit = emit;
  }

  packet(dts: number, packet: Buffer): void {
    this.#next ??= dts;
    if (dts < this.#next - LONGEST_GAP || dts > this.#next + LONGEST_GAP) this.#next = dts;
    this.fillTo(dts);
    if (dts < this.#next) return; // silence stands there already
    this.#emit(dts, packet);
    this.#next = dts + opusSamples(packet);
  }

  /** Silence up to this time, as far as whole packets of it fit. The first call says where the line begins. */
  fillTo(dts: number): void {
    this.#next ??= dts;
    while (dts - this.#next >= SILENCE_SAMPLES) {
      this.#emit(this.#next, SILENCE);
      this.#next += SILENCE_SAMPLES;
    }
  }
}
