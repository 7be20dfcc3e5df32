// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { RtpPacket } from "../../webrtc/rtp.ts";
import { PictureCollector } from "./picture-collector.ts";

const KEY = 1;
const PIECE = 0;

/** Pictures are what their bytes say; the first one tells a keyframe. */
function collector() {
  const pictures: { timestamp: number; bytes: number[] }[] = [];
  let broken = 0;
  const collect = new PictureCollector({
    read: (payloads) => {
      const data = Buffer.concat(payloads);
      return data[0] === 255 ? undefined : { keyframe: data[0] === KEY, data };
    },
    onPicture: ({ data }, timestamp) => pictures.push({ timestamp, bytes: [...data] }),
    onBroken: () => broken++,
  });
  const push = (timestamp: number, bytes: number[], marker: boolean, afterLoss = false): void => {
    const packet: RtpPacket = {
      payloadType: 96,
      marker,
      sequence: 0,
      timestamp,
      ssrc: 1,
      payload: Buffer.from(bytes),
      extensions: new Map(),
    };
    collect.push(packet, afterLoss);
  };
  return {
    collect,
    push,
    pictures,
    times: () => pictures.map(({ timestamp }) => timestamp),
    broken: () => broken,
  };
}

test("packets of one timestamp are one picture", () => {
  const { push, pictures } = collector();
  push(0, [KEY, 2], false);
  push(0, [3], true);
  push(3_000, [PIECE], true);
  expect(pictures).toEqual([
    { timestamp: 0, bytes: [KEY, 2, 3] },
    { timestamp: 3_000, bytes: [PIECE] },
  ]);
});

test("a sender that sets no marker is understood", () => {
  const { push, times } = collector();
  push(0, [KEY], false);
  push(3_000, [PIECE], false);
  push(6_000, [PIECE], false);
  expect(times()).toEqual([0, 3_000]);
});

test("nothing goes out before a keyframe, which is asked for", () => {
  const { collect, push, times, broken } = collector();
  push(0, [PIECE], true);
  expect(broken()).toBe(1);
  expect(collect.needsKeyframe).toBe(true);
  push(3_000, [KEY], true);
  expect(times()).toEqual([3_000]);
  expect(collect.needsKeyframe).toBe(false);
});

test("after a loss nothing that may refer to the lost goes out", () => {
  const { push, times } = collector();
  push(0, [KEY], true);
  push(3_000, [PIECE], false);
  push(3_000, [PIECE], true, true); // a piece in the middle is missing
  push(6_000, [PIECE], true);
  push(9_000, [KEY], false);
  push(9_000, [PIECE], true);
  push(12_000, [PIECE], true);
  expect(times()).toEqual([0, 9_000, 12_000]);
});

test("a keyframe right behind a loss is whole", () => {
  const { push, times } = collector();
  push(0, [KEY], true);
  push(9_000, [KEY], true, true);
  expect(times()).toEqual([0, 9_000]);
});

test("a picture that can't be read breaks the chain", () => {
  const { push, times, broken } = collector();
  push(0, [KEY], true);
  push(3_000, [255], true);
  push(6_000, [PIECE], true);
  expect(times()).toEqual([0]);
  expect(broken()).toBe(2);
});

test("packets that only probe the network are nothing", () => {
  const { push, times } = collector();
  push(0, [KEY], false);
  push(77, [], true);
  push(0, [PIECE], true);
  expect(times()).toEqual([0]);
});
