// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/**
 * Something about a WebRTC peer. Codes
 * - `webrtc-unavailable`: this platform has no WebRTC library; RTMP and LL-HLS work all the same
 * - `sdp-invalid`: a session description that RFC 8866, or WebRTC's use of it (RFC 8829), does not allow
 * - `media-unsupported`: the peers have no codec in common, or one of them sends what the other can't carry
 * - `codec-unsold`: a codec that can be carried for free only: LL-HLS does not have it, and so no keys to sell
 * - `webrtc-limit`: as many peers are connected as may be
 * - `webrtc-timeout`: the connection was never made, or no packet came for too long
 * - `webrtc-closed`: the peer closed the connection
 * - `port-unavailable`: none of the UDP ports that may be used is free
 */
export class WebRtcError extends TickstreamError {
  override readonly name = "WebRtcError";
}
