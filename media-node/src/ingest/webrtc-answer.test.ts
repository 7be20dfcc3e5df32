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

/** OBS's: what libdatachannel writes of the tracks that `plugins/obs-webrtc/whip-output.cpp` adds. */
const OBS_OFFER = `v=0
o=rtc 2196183374 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=group:LS 0 1
a=msid-semantic:WMS *
a=ice-options:ice2,trickle
a=fingerprint:sha-256 4F:EB:2D:0B:C5:B6:03:F4:90:37:39:25:7A:39:EF:54:F6:B7:2C:EA:A0:04:4B:90:2D:B0:2D:EB:50:FB:83:E5
m=audio 57411 UDP/TLS/RTP/SAVPF 111
c=IN IP4 192.0.2.2
a=mid:0
a=sendonly
a=ssrc:1000 cname:f5xeqBXkBfuvTeBK
a=ssrc:1000 msid:2GqpTg7pMcxPV8Zy 2GqpTg7pMcxPV8Zy-audio
a=msid:2GqpTg7pMcxPV8Zy 2GqpTg7pMcxPV8Zy-audio
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
a=setup:actpass
a=ice-ufrag:3C8e
a=ice-pwd:vp10vGeJtbEBWcpmg9nVU+
a=candidate:1 1 UDP 2114977791 192.0.2.2 57411 typ host
a=end-of-candidates
m=video 57411 UDP/TLS/RTP/SAVPF 96
c=IN IP4 192.0.2.2
a=mid:1
a=sendonly
a=ssrc:1001 cname:f5xeqBXkBfuvTeBK
a=ssrc:1001 msid:2GqpTg7pMcxPV8Zy 2GqpTg7pMcxPV8Zy-video
a=msid:2GqpTg7pMcxPV8Zy 2GqpTg7pMcxPV8Zy-video
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
a=setup:actpass
a=ice-ufrag:3C8e
a=ice-pwd:vp10vGeJtbEBWcpmg9nVU+
`.replaceAll("\n", "\r\n");

test("OBS: certificate above the sections, two channels of sound, packets asked for again, keyframes asked for", () => {
  const offered = parseSdp(OBS_OFFER);
  const agreement = agree(offered, true);
  expect(agreement.media).toMatchObject({
    picture: { payloadType: 96, retransmits: true, repeatedType: undefined },
    sound: { payloadType: 111 },
  });
  const answer = writeAnswer(offered, agreement, {
    ...TRANSPORT,
    candidates: ["1 1 udp 1 192.0.2.1 9 typ host"],
  });
  const [, audio, video] = answer.split(/^m=/m);
  expect(audio?.split("\r\n")).toEqual(
    expect.arrayContaining([
      "audio 9 UDP/TLS/RTP/SAVPF 111",
      "a=mid:0",
      "a=recvonly",
      "a=rtcp-mux",
      "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
      "a=rtpmap:111 opus/48000/2",
      expect.stringMatching(/^a=fmtp:111 .*stereo=1/),
    ]),
  );
  expect(video?.split("\r\n")).toEqual(
    expect.arrayContaining([
      "video 9 UDP/TLS/RTP/SAVPF 96",
      "a=mid:1",
      "a=recvonly",
      "a=rtcp-fb:96 nack",
      "a=rtcp-fb:96 nack pli",
      // What its encoder makes is mostly of another level than its offer says.
      "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e034",
    ]),
  );
});
