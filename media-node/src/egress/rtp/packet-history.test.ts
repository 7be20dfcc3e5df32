// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { PacketHistory, type PacketizedFrame } from "./packet-history.ts";

const push = (history: PacketHistory, packets: number, keyframe = false): PacketizedFrame =>
  history.push({
    keyframe,
    epoch: 0,
    timestamp: 0,
    packets: Array.from({ length: packets }, () => Buffer.alloc(1)),
  });

test("a packet is found by its number until newer ones took its place", () => {
  const history = new PacketHistory(8);
  const first = push(history, 3, true);
  const second = push(history, 4);
  expect(history.find(2)).toEqual({ frame: first, packet: first.packets[2] });
  expect(history.find(3)?.frame).toBe(second);
  expect(history.find(7)).toBeUndefined();
  expect(history.find(-1)).toBeUndefined();
  push(history, 4);
  expect([0, 1, 2].map((number) => history.find(number))).toEqual([undefined, undefined, undefined]);
  expect(history.find(3)?.frame).toBe(second);
});

test("the group since the last keyframe is given up where it is too long to catch up on", () => {
  const history = new PacketHistory(8);
  expect(history.group()).toEqual([]);
  push(history, 1);
  expect(history.group()).toEqual([]);
  const key = push(history, 2, true);
  const next = push(history, 2);
  expect(history.group()).toEqual([key, next]);
  push(history, 5);
  expect(history.group()).toEqual([]);
  push(history, 1);
  expect(history.group()).toEqual([]);
  push(history, 1, true);
  history.startAnew();
  expect(history.group()).toEqual([]);
});

test("a frame with more packets than are kept is found by them, but nobody begins with it", () => {
  const history = new PacketHistory(4);
  const large = push(history, 6, true);
  expect(history.find(5)).toEqual({ frame: large, packet: large.packets[5] });
  expect(history.group()).toEqual([]);
});
