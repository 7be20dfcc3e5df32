// SPDX-License-Identifier: Apache-2.0
// Session descriptions as publishers write them, for tests of the HTTP side that connect nothing.

const FINGERPRINT = Array.from({ length: 32 }, (_, i) => (i + 16).toString(16).toUpperCase()).join(":");

export interface WhipOfferOptions {
  ufrag?: string;
  /** `a=rtpmap` of the one picture codec. */
  codec?: string;
  direction?: string;
  /** Sound beside it, in Opus. */
  sound?: boolean;
}

/** An offer of a picture, to send it or to see it. */
export function whipOffer(options: WhipOfferOptions = {}): string {
  const { ufrag = "them", codec = "VP8/90000", direction = "sendonly", sound = false } = options;
  const transport = [
    ...fragmentLines(ufrag),
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    "a=setup:actpass",
    "a=rtcp-mux",
    `a=${direction}`,
  ];
  return [
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE 0${sound ? " 1" : ""}`,
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "c=IN IP4 0.0.0.0",
    ...transport,
    "a=mid:0",
    `a=rtpmap:96 ${codec}`,
    "a=rtcp-fb:96 nack",
    ...(sound
      ? ["m=audio 9 UDP/TLS/RTP/SAVPF 111", ...transport, "a=mid:1", "a=rtpmap:111 opus/48000/2"]
      : []),
    "",
  ].join("\r\n");
}

/** What trickles, or restarts ICE (RFC 8840). */
export function whipFragment(ufrag = "them"): string {
  return [
    ...fragmentLines(ufrag),
    "m=video 9 UDP/TLS/RTP/SAVPF 0",
    "a=mid:0",
    "a=candidate:1 1 udp 2130706431 192.0.2.9 54321 typ host",
    "a=end-of-candidates",
    "",
  ].join("\r\n");
}

function fragmentLines(ufrag: string): string[] {
  return [`a=ice-ufrag:${ufrag}`, "a=ice-pwd:0123456789012345678901"];
}
