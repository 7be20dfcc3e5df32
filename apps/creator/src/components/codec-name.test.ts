// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { codecName } from "./codec-name.ts";

test.each([
  ["avc1.42c01f", "H.264"],
  ["H264", "H.264"],
  ["hvc1.1.6.L93.B0", "H.265"],
  ["av01.0.04M.08", "AV1"],
  ["vp09.00.10.08", "VP9"],
  ["VP8", "VP8"],
  ["theora", "theora"],
])("%s is called %s", (codec, name) => {
  expect(codecName(codec)).toBe(name);
});
