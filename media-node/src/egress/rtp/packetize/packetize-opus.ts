// SPDX-License-Identifier: Apache-2.0
import { RTP_HEADER_LENGTH } from "../../../webrtc/rtp.ts";
import { emptyPacket, MAX_PAYLOAD, type Packetizer } from "./packetizer.ts";

/** Opus (RFC 7587): a packet of the codec is a payload. One that does not fit is left out: it can't be cut. */
export function opusPacketizer(): Packetizer {
  return {
    packetize({ data }) {
      if (data.length > MAX_PAYLOAD) return [];
      const packet = emptyPacket(data.length);
      packet.set(data, RTP_HEADER_LENGTH);
      return [packet];
    },
  };
}
