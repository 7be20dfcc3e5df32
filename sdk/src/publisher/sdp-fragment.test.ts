// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { restartedAnswer, writeFragment } from "./sdp-fragment.ts";

const sdp = (ufrag: string) =>
  [
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    `a=ice-ufrag:${ufrag}`,
    "a=ice-pwd:password-of-it",
    "a=mid:0",
    "a=candidate:1 1 udp 2122260223 127.0.0.1 5000 typ host",
    "a=end-of-candidates",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    `a=ice-ufrag:${ufrag}`,
    "a=ice-pwd:password-of-it",
    "a=mid:1",
    "",
  ].join("\r\n");

describe("a fragment", () => {
  test("carries credentials, the bundled section and the candidates (RFC 8840)", () => {
    expect(writeFragment(sdp("abcd"), ["candidate:7 1 udp 1 10.0.0.1 1 typ host"], { last: true })).toBe(
      [
        "a=ice-ufrag:abcd",
        "a=ice-pwd:password-of-it",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:0",
        "a=candidate:7 1 udp 1 10.0.0.1 1 typ host",
        "a=end-of-candidates",
        "",
      ].join("\r\n"),
    );
  });

  test("cannot be made of a description without ICE", () => {
    expect(writeFragment("v=0\r\n", [], { last: false })).toBeNull();
  });
});

describe("the answer after a restart", () => {
  test("has the fragment's credentials in every section, and its candidates alone", () => {
    const fragment =
      "a=ice-ufrag:n$&w\r\na=ice-pwd:new-password\r\na=candidate:9 1 udp 5 10.0.0.2 9 typ host\r\n";
    const answer = restartedAnswer(sdp("abcd"), fragment) ?? "";
    expect(answer.match(/a=ice-ufrag:n\$&w\r\n/g)).toHaveLength(2);
    expect(answer.match(/a=ice-pwd:new-password\r\n/g)).toHaveLength(2);
    expect(answer.match(/a=candidate:.*/g)).toEqual(["a=candidate:9 1 udp 5 10.0.0.2 9 typ host"]);
    expect(answer.indexOf("a=candidate")).toBeLessThan(answer.indexOf("m=audio"));
    expect(answer).not.toContain("abcd");
  });

  test("needs credentials", () => {
    expect(restartedAnswer(sdp("abcd"), "a=mid:0\r\n")).toBeNull();
  });
});
