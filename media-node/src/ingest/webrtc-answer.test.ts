// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { parseSdp, type SessionDescription } from "../webrtc/sdp.ts";
import { agree, writeAnswer } from "./webrtc-answer.ts";

type Codec = [payloadType: number, rtpmap: string, fmtp?: string];

const H264: Codec = [
  102,
  "H264/90000",
  "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
];
const VP8: Codec = [96, "VP8/90000"];
const VP9: Codec = [98, "VP9/90000", "profile-id=0"];
const OPUS: Codec = [111, "opus/48000/2", "minptime=10;useinbandfec=1"];

/** A publisher's offer of these pictures and of this sound. */
function offer(video: Codec[], audio: Codec[] = [OPUS]): SessionDescription {
  const section = (kind: string, mid: number, codecs: Codec[]): string[] =>
    codecs.length === 0
      ? []
      : [
          `m=${kind} 9 UDP/TLS/RTP/SAVPF ${codecs.map(([payloadType]) => payloadType).join(" ")}`,
          `a=mid:${mid}`,
          "a=sendonly",
          ...codecs.flatMap(([payloadType, rtpmap, fmtp]) => [
            `a=rtpmap:${payloadType} ${rtpmap}`,
            ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
          ]),
        ];
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=ice-ufrag:abcd",
    "a=ice-pwd:abcdefghijklmnopqrstuv",
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`,
    "a=setup:actpass",
    ...section("video", 0, video),
    ...section("audio", 1, audio),
    "",
  ];
  return parseSdp(lines.join("\r\n"));
}

const TRANSPORT = {
  ice: { ufrag: "node", pwd: "abcdefghijklmnopqrstuv" },
  candidates: [],
  fingerprint: "sha-256 AB",
  setup: "passive",
} as const;

describe("the answer to a publisher", () => {
  test("takes what most players know, whatever is offered first", () => {
    const offered = offer([VP8, VP9, H264]);
    const agreement = agree(offered, false);
    expect(agreement.media.picture?.payloadType).toBe(102);
    const answer = writeAnswer(offered, agreement, TRANSPORT);
    expect(answer).toContain("m=video 9 UDP/TLS/RTP/SAVPF 102\r\n");
    expect(answer).not.toContain("VP8");
  });

  test("takes VP8 for nothing, and does not sell it", () => {
    expect(agree(offer([VP8]), false).media.picture?.payloadType).toBe(96);
    expect(() => agree(offer([VP8]), true)).toThrow(
      expect.objectContaining({ code: "codec-unsold", message: expect.stringContaining("send H.264") }),
    );
    expect(agree(offer([VP8, VP9]), true).media.picture?.payloadType).toBe(98);
  });

  test("sells sound alone, and refuses what nobody carries", () => {
    expect(agree(offer([]), true).media).toMatchObject({ sound: { payloadType: 111 } });
    expect(() => agree(offer([[100, "H263/90000"]], []), true)).toThrow(
      expect.objectContaining({ code: "media-unsupported" }),
    );
  });
});
