// SPDX-License-Identifier: Apache-2.0
// OBS by WHIP: its library, its offer, its order of calls.
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ObsPublisher, startObsPublisher } from "../support/media/obs-publisher.ts";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";

let node: StreamingNode;
let obs: ObsPublisher | undefined;
beforeEach(async () => {
  node = await startStreamingNode();
});
afterEach(async () => {
  await obs?.stop();
  obs = undefined;
  await node.stop();
});

const start = async () => (obs = await startObsPublisher(`${node.origin}/whip`, "key-demo"));
const stop = async () => {
  const status = await obs?.stop();
  obs = undefined;
  return status;
};

test("OBS goes live, stops, and goes live again as the same stream", { timeout: 120_000 }, async () => {
  const demo = node.streams.get("demo");
  for (const publishes of [1, 2]) {
    const publisher = await start();
    expect(publisher).toMatchObject({
      status: 201,
      location: expect.stringMatching(/^\/whip\/-\/[\w-]{22}$/) as string,
    });
    await publisher.connected();
    const before = demo?.edgeEpoch() ?? -1;
    await expect.poll(() => demo?.edgeEpoch() ?? -1, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    expect(demo?.tracks().map(({ codec }) => codec)).toEqual(expect.arrayContaining(["avc1", "Opus"]));
    // The connection was closed a moment before: a 404 would stand in OBS's log as a failure.
    expect(await stop()).toBe(200);
    await expect.poll(() => demo?.state, { timeout: 30_000 }).toBe("waiting");
    expect(demo?.stats().publishes).toBe(publishes);
  }
});

test("OBS is told of a key that is not good", async () => {
  obs = await startObsPublisher(`${node.origin}/whip`, "key-nobody");
  expect(obs.status).toBe(401);
  expect(node.webrtc.publishers()).toBe(0);
});
