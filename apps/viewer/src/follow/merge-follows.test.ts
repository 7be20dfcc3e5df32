// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { mergeFollows } from "./merge-follows.ts";

test("at first both sides get what either had", () => {
  const merged = mergeFollows({ here: ["a", "b"], there: ["b", "c"], before: [] });
  expect(merged).toEqual({ all: ["a", "b", "c"], add: ["a"], remove: [] });
});

test("who was unfollowed on either side since then stays unfollowed", () => {
  const before = ["a", "b", "c"];
  expect(mergeFollows({ here: ["b", "c"], there: ["a", "b"], before })).toEqual({
    all: ["b"],
    add: [],
    remove: ["a"],
  });
});

test("who was unfollowed and followed again is followed", () => {
  expect(mergeFollows({ here: ["a"], there: [], before: [] }).all).toEqual(["a"]);
  expect(mergeFollows({ here: [], there: ["a"], before: [] }).all).toEqual(["a"]);
});
