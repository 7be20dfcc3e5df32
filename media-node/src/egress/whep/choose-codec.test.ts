// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { CLOCK_RATE, type VideoCodec, type VideoTrack } from "../../media/frame.ts";
import { parseSdp, type SdpMedia } from "../../webrtc/sdp.ts";
import { chooseCodec } from "./choose-codec.ts";

/** What a browser offers to receive: payload type, codec, parameters. */
function offer(...codecs: [payloadType: number, name: string, fmtp: string][]): SdpMedia {
  const lines = codecs.flatMap(([payloadType, name, fmtp]) => [
    `a=rtpmap:${payloadType} ${name}/90000`,
    `a=fmtp:${payloadType} ${fmtp}`,
  ]);
  const [media] = parseSdp(
    [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      `m=video 9 UDP/TLS/RTP/SAVPF ${codecs.map(([payloadType]) => payloadType).join(" ")}`,
      "a=mid:0",
      "a=ice-ufrag:abcd",
      "a=ice-pwd:abcdefghijklmnopqrstuv",
      `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`,
      "a=setup:actpass",
      "a=recvonly",
      ...lines,
      "",
    ].join("\r\n"),
  ).media;
  return media as SdpMedia;
}

const track = (codec: VideoCodec, ...config: number[]): VideoTrack => ({
  kind: "video",
  codec,
  config: Uint8Array.from(config),
  width: 320,
  height: 180,
  timescale: CLOCK_RATE,
});
const h264 = (profile: string, mode = 1): string => `packetization-mode=${mode};profile-level-id=${profile}`;
/** As Chromium on Linux has them, and as Firefox. */
const CHROMIUM = offer(
  [102, "H264", h264("42001f")],
  [104, "H264", h264("42001f", 0)],
  [116, "H264", h264("4d001f")],
  [41, "H264", h264("f4001f")],
);
const FIREFOX = offer([126, "H264", h264("42e01f")], [97, "H264", h264("42e01f", 0)]);
const AVC_PROFILES = { baseline: 66, extended: 88, main: 77, high: 100, high422: 122 };

test("H.264 goes as the lowest profile that decodes it, in packets that may be cut", () => {
  const chosen = (media: SdpMedia, profile: keyof typeof AVC_PROFILES): number | undefined =>
    chooseCodec(media, track("avc1", 1, AVC_PROFILES[profile], 0, 31))?.payloadType;
  expect([chosen(CHROMIUM, "baseline"), chosen(CHROMIUM, "main"), chosen(CHROMIUM, "high")]).toEqual([
    102, 116, 41,
  ]);
  expect(chosen(CHROMIUM, "high422")).toBe(41);
  expect(chosen(CHROMIUM, "extended")).toBeUndefined();
  expect([chosen(FIREFOX, "baseline"), chosen(FIREFOX, "high")]).toEqual([126, undefined]);
});

test("VP9 and AV1 go in the profile they have", () => {
  const media = offer(
    [98, "VP9", "profile-id=0"],
    [100, "VP9", "profile-id=2"],
    [45, "AV1", "profile=0"],
    [47, "AV1", "profile=1"],
  );
  // A `vpcC` box: version and flags, then the profile; an `av1C` box: profile in the upper bits of its second byte.
  expect(chooseCodec(media, track("vp09", 1, 0, 0, 0, 2))?.payloadType).toBe(100);
  expect(chooseCodec(media, track("vp09", 1, 0, 0, 0, 1))).toBeUndefined();
  expect(chooseCodec(media, track("av01", 0x81, 0 << 5))?.payloadType).toBe(45);
  expect(chooseCodec(media, track("av01", 0x81, 1 << 5))?.payloadType).toBe(47);
  expect(chooseCodec(media, track("av01", 0x81, 2 << 5))).toBeUndefined();
});

test("what the viewer does not offer, or WebRTC does not carry, has no payload type", () => {
  expect(chooseCodec(CHROMIUM, track("vp08"))).toBeUndefined();
  expect(chooseCodec(CHROMIUM, track("hvc1"))).toBeUndefined();
});
