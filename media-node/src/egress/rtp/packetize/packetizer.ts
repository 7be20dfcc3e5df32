// SPDX-License-Identifier: Apache-2.0
import type { Frame } from "../../../media/frame.ts";
import { RTP_HEADER_LENGTH } from "../../../webrtc/rtp.ts";

/** Most bytes of a packet with its RTP header: with SRTP, UDP and IPv6 around it still below any path's limit. */
export const MAX_PACKET = 1_200;
/** Most bytes of a packet's payload. */
export const MAX_PAYLOAD = MAX_PACKET - RTP_HEADER_LENGTH;

/** Cuts the frames of one track into RTP packets. */
export interface Packetizer {
  /**
   * A frame's packets in order, none longer than {@link MAX_PACKET}. Each begins with {@link RTP_HEADER_LENGTH} bytes
   * that are left for the header, which differs from viewer to viewer; the last one ends the frame.
   */
  packetize(frame: Frame): Buffer[];
}

/** A packet with room for a payload of `length` bytes, and for the header before it. */
export function emptyPacket(length: number): Buffer {
  return Buffer.allocUnsafe(RTP_HEADER_LENGTH + length);
}

/** `total` bytes in as few pieces of at most `limit` as will do, of nearly one size. */
export function evenPieces(total: number, limit: number): number[] {
  const count = Math.max(1, Math.ceil(total / limit));
  return Array.from(
    { length: count },
    (_, i) => Math.floor((total * (i + 1)) / count) - Math.floor((total * i) / count),
  );
}
