// SPDX-License-Identifier: Apache-2.0
// kill -9 of the media node in mid-stream, again and again, under paying viewers: nothing that was paid is forgotten, nothing is
// charged twice, and everybody goes on by himself. `npm run test:crash` is the long form.
import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audit } from "../support/money/audit.ts";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { type HeadlessViewer, startHeadlessViewer } from "../support/money/headless-viewer.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";

const LONG = process.env.CRASH_TEST === "long";
const VIEWERS = LONG ? 20 : 8;
const KILLS = LONG ? 5 : 2;
const DEPARTED_PER_KILL = 2;
const UNIT = 1_000_000_000_000n;
const RATE = 7_777_777n;

describe(`kill -9 of the node, ${KILLS} times, under ${VIEWERS} paying viewers`, () => {
  let system: TestSystem;
  let stream: PaidStream;
  let encoder: Encoder;
  const viewers: HeadlessViewer[] = [];
  /** Viewers who are gone for good when the node is killed: nobody reminds it of what they paid. */
  const departed: HeadlessViewer[] = [];

  beforeAll(async () => {
    system = await startSystem({ node: { settleAfter: 1 } });
    stream = await system.createStream({
      creator: "//Alice",
      title: "Crash",
      rate: RATE,
      operatorShare: 10_000_001,
    });
    encoder = publish();
    await system.untilLive(stream);
    viewers.push(...(await Promise.all(Array.from({ length: VIEWERS }, startViewer))));
  }, 120_000);
  afterAll(async () => {
    await Promise.all([...viewers, ...departed].map((viewer) => viewer.stop()));
    await encoder?.stop();
    await system?.stop();
  });

  const publish = (): Encoder => startEncoder({ url: stream.publishUrl, gopSeconds: 1, kbps: 300 });
  const startViewer = (): Promise<HeadlessViewer> =>
    startHeadlessViewer({
      node: system.node.url,
      stream: stream.id,
      suri: "//Bob",
      limit: UNIT,
      deposit: 10n * UNIT,
      api: system.api,
    });
  const paidBy = (viewer: HeadlessViewer): number => [...viewer.paid.values()].reduce((a, b) => a + b, 0);
  /** Everybody watches some seconds more, from now. */
  const watchOn = (seconds: number): Promise<unknown> =>
    Promise.all(
      viewers.map((viewer, i) => {
        const goal = viewer.epochs.size + seconds;
        return viewer.until(() => viewer.epochs.size >= goal, `viewer ${i}: ${seconds} seconds more`, 90_000);
      }),
    );

  it(
    "nothing paid is forgotten, nothing is charged twice, all resume by themselves",
    async () => {
      await watchOn(3);
      for (let kill = 1; kill <= KILLS; kill++) {
        // At some tick of some viewer: between its arrival, its commit and its key.
        const witness = viewers[randomInt(viewers.length)] as HeadlessViewer;
        const tick = paidBy(witness) + 1;
        await witness.until(() => paidBy(witness) >= tick, "the tick to strike at");
        const before = viewers.map(paidBy);
        await system.node.kill();
        departed.push(...viewers.splice(-DEPARTED_PER_KILL));
        await Promise.all(departed.slice(-DEPARTED_PER_KILL).map((viewer) => viewer.stop()));
        await encoder.program.exited;
        await system.node.start();
        encoder = publish();
        await system.untilLive(stream);
        await watchOn(3);
        for (const [i, viewer] of viewers.entries()) {
          expect(viewer.session.state.name).toBe("active");
          expect(paidBy(viewer)).toBeGreaterThanOrEqual((before[i] ?? 0) + 1);
        }
      }

      await Promise.all(viewers.map((viewer) => viewer.leave()));
      const settledIn = ({ channels }: Audit, viewer: HeadlessViewer): number =>
        [...viewer.paid.keys()].reduce((sum, channel) => sum + (channels.get(channel)?.ticks ?? 0), 0);
      const audit = await system.auditor.until(
        (found) =>
          viewers.every(({ paid }) => [...paid.keys()].every((id) => found.channels.get(id)?.ended)) &&
          departed.every((viewer) => settledIn(found, viewer) >= viewer.epochs.size),
        "the end of all channels, and a settlement of every tick that a departed viewer had a key for",
      );
      expect(audit.problems).toEqual([]);
      const settled = (viewer: HeadlessViewer): number => settledIn(audit, viewer);
      expect(viewers.map(settled)).toEqual(viewers.map(paidBy));
      // Each tick was answered by the key of another epoch.
      expect(viewers.map(paidBy)).toEqual(viewers.map(({ epochs }) => epochs.size));
      // Of those who are gone the node remembers every tick it gave a key for; one more may have been on its way.
      for (const viewer of departed) {
        expect(settled(viewer)).toBeLessThanOrEqual(paidBy(viewer));
      }
      // One channel each, from beginning to end, and every planck of it for a tick.
      expect(audit.channels.size).toBe(VIEWERS);
      const ticks = [...viewers, ...departed].reduce((sum, viewer) => sum + settled(viewer), 0);
      const paid = [...audit.channels.values()].reduce((sum, channel) => sum + channel.paid, 0n);
      expect(paid).toBe(BigInt(ticks) * RATE);
    },
    LONG ? 600_000 : 240_000,
  );
});
