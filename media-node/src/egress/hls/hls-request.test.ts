// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { parseHlsRequest } from "./hls-request.ts";

test("what players ask", () => {
  const plain = { kind: "playlist", msn: undefined, part: undefined, delta: false };
  expect(parseHlsRequest("12/index.m3u8")).toEqual({ id: "12", request: plain });
  expect(parseHlsRequest("fabc/index.m3u8?_HLS_msn=5&_HLS_part=2&_HLS_skip=YES&token=x")).toEqual({
    id: "fabc",
    request: { kind: "playlist", msn: 5, part: 2, delta: true },
  });
  expect(parseHlsRequest("12/p5.3.m4s?c=7.2.40")).toEqual({
    id: "12",
    request: { kind: "part", msn: 5, index: 3, cipher: "7.2.40" },
  });
  expect(parseHlsRequest("12/s5.m4s?c=7.2.40.100_8.2.47.16")).toEqual({
    id: "12",
    request: { kind: "segment", msn: 5 },
  });
  expect(parseHlsRequest("12/i00c0ffee00c0ffee.mp4")).toEqual({
    id: "12",
    request: { kind: "init", init: "00c0ffee00c0ffee" },
  });
});

test.for([
  "",
  "12",
  "12/",
  "12/x.m4s",
  "../etc/passwd",
  "12/../13/index.m3u8",
  "12/p5.m4s",
  "12/s-1.m4s",
  "a b/index.m3u8",
  `12/${"9".repeat(40)}.m4s`,
])("%s is nothing here", (path) => {
  expect(parseHlsRequest(path)).toBe("unknown");
});

test.for([
  "_HLS_part=1",
  "_HLS_msn=x",
  "_HLS_msn=-1",
  "_HLS_msn=1&_HLS_part=1.5",
  "_HLS_msn=",
  "_HLS_skip=maybe",
])("%s is no directive", (query) => {
  expect(parseHlsRequest(`12/index.m3u8?${query}`)).toBe("bad-directive");
});
