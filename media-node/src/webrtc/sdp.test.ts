// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebRtcError } from "./errors.ts";
import { parseSdp, parseSdpFragment } from "./sdp.ts";

const FINGERPRINT = `sha-256 ${Array.from({ length: 32 }, () => "0A").join(":")}`;
const TRANSPORT = ["a=ice-ufrag:abcd", "a=ice-pwd:0123456789012345678901", `a=fingerprint:${FINGERPRINT}`];

/** As browsers write it: transport in every section. */
const OFFER = [
  "v=0",
  "o=- 42 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0 1 2",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
  "c=IN IP4 0.0.0.0",
  ...TRANSPORT,
  "a=setup:actpass",
  "a=mid:0",
  "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "a=sendonly",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "a=rtpmap:0 PCMU/8000",
  "a=ssrc:1234 cname:x",
  "a=ssrc:1234 msid:y z",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
  "c=IN IP4 0.0.0.0",
  ...TRANSPORT,
  "a=setup:actpass",
  "a=mid:1",
  "a=sendonly",
  "a=rtpmap:96 H264/90000",
  "a=rtcp-fb:96 nack pli",
  "a=rtcp-fb:* nack",
  "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  "a=rtpmap:97 rtx/90000",
  "a=rid:hi send",
  "a=candidate:1 1 udp 2113937151 192.0.2.1 54321 typ host",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:2",
  "a=sctp-port:5000",
  "",
].join("\r\n");

/** As FFmpeg and others write it: transport above all sections. */
const SESSION_LEVEL = [
  "v=0",
  "o=FFmpeg 4489045141692799359 2 IN IP4 127.0.0.1",
  "s=FFmpegPublishSession",
  "t=0 0",
  ...TRANSPORT,
  "a=setup:passive",
  "m=video 9 UDP/TLS/RTP/SAVPF 106",
  "a=mid:1",
  "a=sendonly",
  "a=rtpmap:106 H264/90000",
].join("\n");

describe("an offer", () => {
  test("of a browser", () => {
    const { media, ...transport } = parseSdp(OFFER);
    expect(transport).toEqual({
      iceUfrag: "abcd",
      icePwd: "0123456789012345678901",
      fingerprint: FINGERPRINT,
      setup: "actpass",
    });
    const [audio, video, data] = media;
    expect(audio).toMatchObject({ kind: "audio", mid: "0", direction: "sendonly" });
    expect(audio?.extensions).toEqual(new Map([["urn:ietf:params:rtp-hdrext:ssrc-audio-level", 1]]));
    expect(audio?.codecs).toMatchObject([
      { payloadType: 111, name: "OPUS", clockRate: 48_000, channels: 2 },
      { payloadType: 0, name: "PCMU", clockRate: 8_000, channels: 1 },
    ]);
    expect(video?.codecs[0]).toMatchObject({ name: "H264", feedback: ["nack pli", "nack"] });
    expect(video?.codecs[0]?.parameters.get("profile-level-id")).toBe("42e01f");
    expect(data).toMatchObject({ kind: "application", mid: "2", codecs: [], direction: "sendrecv" });
  });

  test("with its transport above the sections, and plain line ends", () => {
    expect(parseSdp(SESSION_LEVEL)).toMatchObject({ setup: "passive", iceUfrag: "abcd" });
  });

  test.each([
    ["no SDP", "hello", /v=0/],
    ["no media", OFFER.slice(0, OFFER.indexOf("m=audio")), /no media/],
    ["no fingerprint", OFFER.replaceAll(/a=fingerprint:.*\r\n/g, ""), /fingerprint/],
    ["no ICE", OFFER.replaceAll(/a=ice-.*\r\n/g, ""), /ICE/],
    ["a short password", OFFER.replaceAll("0123456789012345678901", "short"), /ICE/],
    ["no role", OFFER.replaceAll(/a=setup:.*\r\n/g, ""), /setup/],
    ["the same mid twice", OFFER.replace("a=mid:1", "a=mid:0"), /same mid/],
    ["no mid", OFFER.replace("a=mid:1\r\n", ""), /no mid/],
    ["a media line that is none", OFFER.replace("m=video 9", "m=video x"), /media line/],
    ["too many sections", OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:9\r\n".repeat(20), /too many/],
    ["too long", OFFER + "a=x\r\n".repeat(20_000), /too long/],
  ])("that can't be used: %s", (_, sdp, details) => {
    expect(() => parseSdp(sdp)).toThrow(
      expect.objectContaining({ code: "sdp-invalid", details: expect.stringMatching(details) }),
    );
  });

  test("cut, doubled and scrambled lines are read or refused, and nothing else", () => {
    const lines = OFFER.split("\r\n");
    const edit = fc.record({
      at: fc.nat({ max: lines.length - 1 }),
      how: fc.constantFrom("drop", "double", "swap", "cut", "noise"),
      noise: fc.string({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        const edited = [...lines];
        for (const { at, how, noise } of edits) {
          const line = edited[at] ?? "";
          if (how === "drop") edited.splice(at, 1);
          else if (how === "double") edited.splice(at, 0, line);
          else if (how === "swap") edited.splice(at, 2, edited[at + 1] ?? "", line);
          else edited[at] = line.slice(0, line.length / 2) + (how === "noise" ? noise : "");
        }
        try {
          const { media } = parseSdp(edited.join("\r\n"));
          expect(media.length).toBeLessThanOrEqual(16);
        } catch (error) {
          expect(error).toBeInstanceOf(WebRtcError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("a fragment", () => {
  const FRAGMENT = [
    "a=ice-ufrag:wxyz",
    "a=ice-pwd:abcdefabcdefabcdefabcdef",
    "m=audio 9 UDP/TLS/RTP/SAVPF 0",
    "a=mid:0",
    "a=candidate:1 1 udp 1 192.0.2.1 5 typ host",
    "a=end-of-candidates",
    "",
  ].join("\r\n");

  test("brings candidates", () => {
    expect(parseSdpFragment(FRAGMENT)).toEqual({
      iceUfrag: "wxyz",
      icePwd: "abcdefabcdefabcdefabcdef",
      candidates: [{ mid: "0", candidate: "1 1 udp 1 192.0.2.1 5 typ host" }],
    });
  });

  test("without credentials, or with too many candidates, is none", () => {
    const many = "a=candidate:1 1 udp 1 192.0.2.1 5 typ host\r\n".repeat(200);
    expect(() => parseSdpFragment("a=end-of-candidates\r\n")).toThrow(WebRtcError);
    expect(() => parseSdpFragment(FRAGMENT + many)).toThrow(WebRtcError);
  });
});
