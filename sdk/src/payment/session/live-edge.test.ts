// SPDX-License-Identifier: Apache-2.0
import { streamId } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { MediaIndex } from "../../media/media-index.ts";
import { LiveEdge } from "./live-edge.ts";

test("the edge is what the node says or the playlist shows, whichever is newer; only a newer one is news", () => {
  const news: number[] = [];
  const edge = new LiveEdge(new MediaIndex(streamId(1n), `0x${"00".repeat(32)}`), (epoch) =>
    news.push(epoch),
  );
  expect(edge.epoch).toBeNull();
  edge.stated(null);
  edge.due(7);
  edge.due(6);
  edge.stated(7);
  edge.due(9);
  expect(edge.epoch).toBe(9);
  expect(news).toEqual([7, 9]);
});
