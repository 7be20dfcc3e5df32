// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { scaleDown } from "./encoding.ts";

test("a picture is made smaller, never larger", () => {
  expect(scaleDown(1_080, 720)).toBe(1.5);
  expect(scaleDown(480, 720)).toBe(1);
  expect(scaleDown(undefined, 720)).toBe(1);
});
