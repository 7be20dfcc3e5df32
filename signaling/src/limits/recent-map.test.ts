// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { RecentMap } from "./recent-map.ts";

test("the entry that was set longest ago is forgotten first", () => {
  const map = new RecentMap<string, number>(2).set("a", 1).set("b", 2).set("c", 3);
  expect([...map]).toEqual([
    ["b", 2],
    ["c", 3],
  ]);
});

test("who is set again is the newest; who is only read is not", () => {
  const map = new RecentMap<string, number>(2).set("a", 1).set("b", 2);
  map.set("a", 3);
  map.get("b");
  expect([...map.set("c", 4).keys()]).toEqual(["a", "c"]);
});
