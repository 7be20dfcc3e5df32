// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { STAMP_BITS, STAMP_COLUMNS } from "../media/encoder.ts";

/** Milliseconds since the encoder drew the picture on show, on any page with a video. */
export async function pictureAge(page: Page): Promise<number> {
  return await page.evaluate(
    ([bits, columns]) => {
      const video = document.querySelector("video") as HTMLVideoElement;
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [320, 180];
      const context = canvas.getContext("2d") as CanvasRenderingContext2D;
      context.drawImage(video, 0, 0, 320, 180);
      const now = Date.now() % 2 ** 31;
      const { data } = context.getImageData(0, 0, 320, 45);
      let time = 0;
      for (let bit = 0; bit < bits; bit++) {
        const [x, y] = [(bit % columns) * 20 + 10, Math.floor(bit / columns) * 22 + 11];
        if ((data[(y * 320 + x) * 4] ?? 0) > 128) time += 2 ** bit;
      }
      return now - time;
    },
    [STAMP_BITS, STAMP_COLUMNS] as const,
  );
}
