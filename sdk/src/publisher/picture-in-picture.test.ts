// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { cameraBox, type Corner } from "./picture-in-picture.ts";

const screen = { width: 1_000, height: 500 };
const camera = { videoWidth: 1_280, videoHeight: 720 };

test.each<[Corner, number, number]>([
  ["top-left", 15, 15],
  ["top-right", 785, 15],
  ["bottom-left", 15, 372.5],
  ["bottom-right", 785, 372.5],
])("the camera stands in the %s corner, in its own shape", (corner, x, y) => {
  const box = cameraBox(screen, camera, { corner, size: 0.2 });
  expect(box.width).toBeCloseTo(200);
  expect(box.height).toBeCloseTo(112.5);
  expect(box.x).toBeCloseTo(x);
  expect(box.y).toBeCloseTo(y);
});

test("it neither hides the screen nor vanishes", () => {
  expect(cameraBox(screen, camera, { corner: "top-left", size: 3 }).width).toBe(500);
  expect(cameraBox(screen, camera, { corner: "top-left", size: 0 }).width).toBe(100);
});
