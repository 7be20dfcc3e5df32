// SPDX-License-Identifier: Apache-2.0
import { RTP_HEADER_LENGTH } from "../../../webrtc/rtp.ts";
import { emptyPacket, evenPieces, MAX_PAYLOAD, type Packetizer } from "./packetizer.ts";

/** The one byte that precedes each piece of a frame. */
type Descriptor = (piece: { first: boolean; last: boolean; keyframe: boolean }) => number;

/** VP8 (RFC 7741 section 4.2): the start of the one partition that is told of, no picture ids. */
export function vp8Packetizer(): Packetizer {
  const START = 0x10;
  return inPieces(({ first }) => (first ? START : 0));
}

/** VP9 (RFC 9628 section 4.2): one layer, no picture ids. */
export function vp9Packetizer(): Packetizer {
  const INTER_PREDICTED = 0x40;
  const BEGIN = 0x08;
  const END = 0x04;
  return inPieces(
    ({ first, last, keyframe }) => (keyframe ? 0 : INTER_PREDICTED) | (first ? BEGIN : 0) | (last ? END : 0),
  );
}

function inPieces(descriptor: Descriptor): Packetizer {
  return {
    packetize({ data, keyframe }) {
      const sizes = evenPieces(data.length, MAX_PAYLOAD - 1);
      let at = 0;
      return sizes.map((size, i) => {
        const packet = emptyPacket(1 + size);
        packet[RTP_HEADER_LENGTH] = descriptor({ first: i === 0, last: i === sizes.length - 1, keyframe });
        packet.set(data.subarray(at, (at += size)), RTP_HEADER_LENGTH + 1);
        return packet;
      });
    },
  };
}
