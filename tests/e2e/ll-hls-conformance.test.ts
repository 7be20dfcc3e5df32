// SPDX-License-Identifier: Apache-2.0
// Whatever a publisher does, playlists keep the rules of RFC 8216bis, and the cipher never uses a key and counter twice.
import { TickstreamError, type CipherRange, streamId } from "@tickstream/contracts-types";
import {
  createKeyVault,
  createLiveStream,
  type LiveStream,
  type Protection,
} from "@tickstream/media-node/streaming";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  applyDelta,
  type MediaPlaylist,
  problemsBetween,
  problemsOf,
  readPlaylist,
} from "../support/media/ll-hls-validator.ts";
import { memoryLog, MemoryTimeline } from "../support/system/streaming-node.ts";
import { SyntheticSource } from "../support/media/synthetic-source.ts";

// Hours of media in seconds: the clock is the test's.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

type Step =
  | { kind: "play"; ms: number }
  | { kind: "jump"; ms: number }
  /** The publisher goes and comes back, perhaps with another configuration. */
  | { kind: "return"; config: number }
  /** The node dies and starts again. */
  | { kind: "crash" };

interface Scenario {
  fps: number | undefined;
  audio: boolean;
  gop: number;
  steps: Step[];
}

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    fps: fc.constantFrom(undefined, 10, 15, 24, 25, 29.97, 30, 50, 60),
    audio: fc.boolean(),
    gop: fc.integer({ min: 5, max: 300 }),
    steps: fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({
            kind: fc.constant("play" as const),
            ms: fc.integer({ min: 20, max: 30_000 }),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant("jump" as const),
            ms: fc.oneof(fc.integer({ min: -90_000, max: -3_000 }), fc.integer({ min: 15_000, max: 90_000 })),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant("return" as const),
            config: fc.integer({ min: 0, max: 1 }),
          }),
        },
        { weight: 1, arbitrary: fc.constant({ kind: "crash" as const }) },
      ),
      { minLength: 2, maxLength: 9 },
    ),
  })
  .map((wanted) => ({ ...wanted, audio: wanted.audio || wanted.fps === undefined }));

/** Plays a scenario, calling `look` after every frame that changed something; once more per stream at its end. */
async function play(
  wanted: Scenario,
  protection: Protection,
  look: (stream: LiveStream, restarts: number) => void,
): Promise<void> {
  const timeline = new MemoryTimeline();
  const reasons: TickstreamError[] = [];
  let restarts = 0;
  let config = 0;
  const begin = (): LiveStream =>
    createLiveStream({ id: "s", tickMs: 1_000, protection, timeline, log: memoryLog() });
  let stream = begin();
  const publish = async (): Promise<SyntheticSource> => {
    const sink = await stream.openPublisher({
      protocol: "test",
      address: "",
      onClosed: (reason) => reasons.push(reason),
    });
    close = () => sink.close();
    return new SyntheticSource(sink, { ...wanted, config, startMs: 1_000 * (restarts + 1) });
  };
  let close = (): void => undefined;
  let source = await publish();
  let changed = false;
  const watch = (): void => void stream.hls.onChange(() => (changed = true));
  watch();
  for (const step of wanted.steps) {
    switch (step.kind) {
      case "play": {
        const until = source.sentMs + step.ms;
        while (source.sentMs < until) {
          const before = source.sentMs;
          source.step();
          vi.advanceTimersByTime(Math.max(0, source.sentMs - before));
          await Promise.resolve();
          await Promise.resolve();
          if (changed) look(stream, restarts);
          changed = false;
        }
        break;
      }
      case "jump":
        source.jump(step.ms);
        break;
      case "return":
        close();
        config = step.config;
        vi.advanceTimersByTime(3_000);
        look(stream, restarts);
        source = await publish();
        break;
      case "crash":
        // Nothing is told and nothing stored: what was reserved is all that is left.
        restarts++;
        look(stream, restarts - 1);
        stream = begin();
        watch();
        source = await publish();
    }
  }
  close();
  await stream.stop(new TickstreamError("node-stopping", "The node is shutting down."));
  look(stream, restarts);
  expect(reasons.map((reason) => reason.code).filter((code) => code !== "node-stopping")).toEqual([]);
}

test(
  "playlists keep the rules, one by one and one after the other, in full and as deltas",
  { timeout: 240_000 },
  async () => {
    const seen = { playlists: 0, discontinuities: 0, deltas: 0, restarts: 0 };
    await fc.assert(
      fc.asyncProperty(scenario, async (wanted) => {
        let last: { playlist: MediaPlaylist; restarts: number } | undefined;
        await play(wanted, { kind: "clear" }, (stream, restarts) => {
          const text = stream.hls.playlist(false);
          if (text === undefined) return;
          const playlist = readPlaylist(text.toString());
          expect(problemsOf(playlist)).toEqual([]);
          seen.playlists++;
          if (playlist.segments.at(-1)?.discontinuity === true) seen.discontinuities++;
          if (last?.restarts === restarts) {
            expect(problemsBetween(last.playlist, playlist)).toEqual([]);
            const hint = last.playlist.hint;
            const parts = playlist.segments.flatMap((segment) => segment.parts.map((part) => part.uri));
            const known = last.playlist.segments.flatMap((segment) => segment.parts.map((part) => part.uri));
            const next = parts.find((uri) => !known.includes(uri));
            if (
              hint !== undefined &&
              next !== undefined &&
              playlist.segments.at(-1)?.map === last.playlist.segments.at(-1)?.map
            ) {
              const [a, b] = [hint, next].map((uri) => uri.split("?")[0]?.split(".")[0]);
              if (a === b) expect(next).toBe(hint);
            }
            const delta = readPlaylist(String(stream.hls.playlist(true)));
            const whole = applyDelta(last.playlist, delta);
            if (delta.skipped > 0) seen.deltas++;
            expect(whole.segments.map(({ msn, uri, duration }) => [msn, uri, duration])).toEqual(
              playlist.segments.map(({ msn, uri, duration }) => [msn, uri, duration]),
            );
          } else if (last !== undefined) {
            // After a restart everything is new, and says so.
            seen.restarts++;
            expect(playlist.mediaSequence).toBeGreaterThan(last.playlist.segments.at(-1)?.msn ?? 0);
            expect(playlist.discontinuitySequence).toBeGreaterThanOrEqual(
              last.playlist.discontinuitySequence,
            );
            expect(playlist.segments[0]?.discontinuity).toBe(true);
          }
          last = { playlist, restarts };
        });
      }),
      { numRuns: 40 },
    );
    // A property that looked at nothing would hold.
    expect(seen.playlists).toBeGreaterThan(1_000);
    expect(Math.min(seen.discontinuities, seen.deltas, seen.restarts)).toBeGreaterThan(0);
  },
);

test(
  "no key and counter are used twice, epochs never go back, whatever drops, jumps and crashes",
  { timeout: 240_000 },
  async () => {
    const genesisHash = new Uint8Array(32).fill(7);
    const stream = streamId(5n);
    const vault = createKeyVault({ streamSecret: new Uint8Array(32).fill(9), genesisHash, stream });
    const protection: Protection = { kind: "epoch", stream, genesisHash, vault, rendition: 3 };
    await fc.assert(
      fc.asyncProperty(scenario, async (wanted) => {
        const seen = new Map<string, CipherRange & { bytes: number; msn: number; body: Buffer }>();
        await play(wanted, protection, ({ hls }) => {
          for (let msn = firstMsn(hls); hls.segment(msn) !== undefined; msn++) {
            for (const part of hls.segment(msn)?.parts ?? []) {
              const range = part.cipher as Required<CipherRange>;
              const known = seen.get(part.uri);
              if (known !== undefined) {
                if (known.body !== part.body) throw new Error(`${part.uri} names two parts`);
                continue;
              }
              seen.set(part.uri, { ...range, msn, body: part.body as Buffer });
              expect(range.epoch).toBe(Math.floor(part.start / 90_000));
              expect(range.bytes).toBe(part.body?.length);
            }
          }
        });
        const parts = [...seen.values()];
        for (const [i, part] of parts.entries()) {
          const before = parts[i - 1];
          if (before === undefined) continue;
          expect(part.epoch).toBeGreaterThanOrEqual(before.epoch);
          expect(part.msn).toBeGreaterThanOrEqual(before.msn);
          // Runs rise, and within one the parts' blocks follow each other: so no two parts share a counter.
          if (part.run === before.run) expect(part.block).toBe(before.block + Math.ceil(before.bytes / 16));
          else expect([part.run > before.run, part.block]).toEqual([true, 0]);
        }
      }),
      { numRuns: 40 },
    );
  },
);

function firstMsn(hls: LiveStream["hls"]): number {
  const text = hls.playlist(false);
  return text === undefined ? 0 : readPlaylist(text.toString()).mediaSequence;
}
