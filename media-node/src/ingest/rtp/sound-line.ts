// SPDX-License-Identifier: Apache-2.0
import type { AudioTrack } from "../../media/frame.ts";
import { opusSamples } from "../codec-config.ts";
import { SOUND_RATE } from "./publisher-clock.ts";

/** Opus packets of digital silence (RFC 6716: CELT, fullband), by their samples: 20, 10, 5 and 2.5 ms. */
const SILENCES = [
  { samples: 960, packet: Buffer.of(0xf8, 0xff, 0xfe) },
  { samples: 480, packet: Buffer.of(0xf0, 0xff, 0xfe) },
  { samples: 240, packet: Buffer.of(0xe8, 0xff, 0xfe) },
  { samples: 120, packet: Buffer.of(0xe0, 0xff, 0xfe) },
];
/** What encoders of live media put into a packet. */
const PACKET_SAMPLES = 960;
/** A longer hole is a break: nothing came at all, and the clock of the stream goes on without it. Samples. */
const LONGEST_HOLE = SOUND_RATE;

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
    frameDuration: PACKET_SAMPLES,
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
    if (this.#fill(dts, SILENCES) > dts) return; // silence stands there already
    this.#emit(dts, packet);
    this.#next = dts + opusSamples(packet);
  }

  /** Silence up to this time, as far as whole packets of it fit. The first call says where the line begins. */
  fillTo(dts: number): void {
    this.#fill(dts, SILENCES.slice(0, 1));
  }

  /** @returns where the line stands then */
  #fill(dts: number, silences: typeof SILENCES): number {
    let next = this.#next ?? dts;
    if (Math.abs(dts - next) > LONGEST_HOLE) next = dts;
    for (const { samples, packet } of silences) {
      for (; dts - next >= samples; next += samples) this.#emit(next, packet);
    }
    return (this.#next = next);
  }
}
