// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Latency, TransportChoice } from "./player.ts";
import { TransportPolicy } from "./transport-policy.ts";

test("WebRTC comes where it is asked for, by name or by the lowest latency, and can be had", () => {
  const cases: [TransportChoice, Latency, boolean, string][] = [
    ["auto", "low", true, "hls"],
    ["auto", "steady", true, "hls"],
    ["auto", "lowest", true, "webrtc"],
    ["auto", "lowest", false, "hls"],
    ["webrtc", "low", true, "webrtc"],
    ["webrtc", "low", false, "hls"],
    ["hls", "lowest", true, "hls"],
  ];
  for (const [choice, latency, can, wanted] of cases) {
    expect(new TransportPolicy(choice, latency).wanted(0, can)).toBe(wanted);
  }
});

test("WebRTC that failed is tried again, after longer and longer waits, until it has held for a while", () => {
  const policy = new TransportPolicy("webrtc", "low");
  let now = 0;
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    policy.failed("webrtc", now, false);
    const at = policy.nextChange(true)!;
    expect(policy.wanted(at - 1, true)).toBe("hls");
    expect(policy.wanted(at, true)).toBe("webrtc");
    waits.push((at - now) / 1_000);
    now = at;
    policy.started("webrtc", now);
  }
  expect(waits).toEqual([30, 60, 120, 240, 300, 300]);
  now += 61_000;
  policy.failed("webrtc", now, false);
  expect(policy.nextChange(true)! - now).toBe(30_000);
});

test("WebRTC that this stream cannot come by is not tried again before the viewer or the stream changes", () => {
  const policy = new TransportPolicy("auto", "lowest");
  policy.failed("webrtc", 0, true);
  expect(policy.nextChange(true)).toBeNull();
  expect(policy.wanted(1e9, true)).toBe("hls");
  policy.reset();
  expect(policy.wanted(1e9, true)).toBe("webrtc");
});

test("WebRTC that is offered again is tried at once, and what LL-HLS cannot carry stays so", () => {
  const policy = new TransportPolicy("auto", "low");
  policy.failed("hls", 0, true);
  policy.failed("webrtc", 0, true);
  policy.offered();
  expect(policy.wanted(0, true)).toBe("webrtc");
});

test("a stream that LL-HLS cannot carry comes by WebRTC, whatever latency is wanted", () => {
  const policy = new TransportPolicy("auto", "low");
  policy.failed("hls", 0, true);
  expect(policy.wanted(0, true)).toBe("webrtc");
  expect(policy.wanted(0, false)).toBe("hls");
  policy.failed("webrtc", 0, true);
  expect(policy.wanted(0, true)).toBe("hls");
});
