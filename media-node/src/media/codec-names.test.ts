// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { codecsOf } from "./codec-names.ts";
import { CLOCK_RATE, type AudioTrack, type VideoTrack } from "./frame.ts";

const video = (codec: VideoTrack["codec"], config: number[]): VideoTrack => ({
  kind: "video",
  codec,
  config: Uint8Array.from(config),
  width: 640,
  height: 360,
  timescale: CLOCK_RATE,
});
const audio = (codec: AudioTrack["codec"], config: number[]): AudioTrack => ({
  kind: "audio",
  codec,
  config: Uint8Array.from(config),
  channels: 2,
  timescale: 48_000,
  frameDuration: 1_024,
});

test("names are those that browsers ask for", () => {
  expect(codecsOf([])).toBeNull();
  expect(codecsOf([video("avc1", [1, 0x64, 0, 0x1f])])).toEqual({ video: "avc1.64001f", audio: null });
  expect(codecsOf([audio("mp4a", [0x11, 0x90])])).toEqual({ video: null, audio: "mp4a.40.2" });
  // Object type 42 (USAC) is escaped: 31, then 6 bits.
  expect(codecsOf([audio("mp4a", [0xf9, 0x40])])?.audio).toBe("mp4a.40.42");
  expect(codecsOf([audio("Opus", [0, 2])])?.audio).toBe("opus");
  // Main profile at level 4.0, eight bits.
  expect(codecsOf([video("av01", [0x81, 0x08, 0x0c])])?.video).toBe("av01.0.08M.08");
  expect(codecsOf([video("av01", [0x81, 0x28, 0xcc])])?.video).toBe("av01.1.08H.10");
  // The example of ISO/IEC 14496-15, E.3.
  const hevc = [1, 0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93];
  expect(codecsOf([video("hvc1", hevc)])?.video).toBe("hvc1.1.6.L93.B0");
});
