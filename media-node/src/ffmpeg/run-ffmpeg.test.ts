// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { findFfmpeg } from "./find-ffmpeg.ts";
import { createFfmpegRunner } from "./run-ffmpeg.ts";

const path = process.env["FFMPEG_PATH"] ?? "ffmpeg";
/** Reads numbers as sound and gives them back. */
const ECHO = "-loglevel error -f u8 -ar 8000 -ac 1 -i pipe:0 -f u8 pipe:1".split(" ");
/** Goes on until it is stopped. */
const FOR_EVER = "-loglevel error -re -f lavfi -i anullsrc -f null -".split(" ");

test("ffmpeg is found, or it is not there", async () => {
  expect(await findFfmpeg(path)).toBe(path);
  expect(await findFfmpeg("/nowhere/ffmpeg")).toBeNull();
  // Another program is none.
  expect(await findFfmpeg("true")).toBeNull();
});

test("what goes in comes out; a failure says what ffmpeg said", async () => {
  const runner = createFfmpegRunner({ path, maxProcesses: 2, timeoutMs: 60_000 });
  const input = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
  const outputs = await Promise.all(Array.from({ length: 5 }, () => runner.run(ECHO, input)));
  for (const { output } of outputs) expect(output.equals(input)).toBe(true);
  await expect(
    runner.run(["-f", "mp4", "-i", "pipe:0", "-f", "null", "-"], Buffer.alloc(10)),
  ).rejects.toMatchObject({
    code: "ffmpeg-failed",
    details: expect.stringContaining("Invalid data"),
  });
  await runner.stop();
});

test("it has an end: by time, by size, by the number of those who wait, and when the node stops", async () => {
  const hasty = createFfmpegRunner({ path, timeoutMs: 300 });
  await expect(hasty.run(FOR_EVER, Buffer.alloc(0))).rejects.toMatchObject({ code: "ffmpeg-timeout" });
  const small = createFfmpegRunner({ path, maxOutput: 1_000, timeoutMs: 60_000 });
  await expect(small.run(ECHO, Buffer.alloc(100_000))).rejects.toMatchObject({ code: "ffmpeg-failed" });

  const busy = createFfmpegRunner({ path, maxProcesses: 1, maxWaiting: 1 });
  const [running, waiting] = [busy.run(FOR_EVER, Buffer.alloc(0)), busy.run(FOR_EVER, Buffer.alloc(0))];
  const ended = Promise.allSettled([running, waiting]);
  await expect(busy.run(FOR_EVER, Buffer.alloc(0))).rejects.toMatchObject({ code: "ffmpeg-busy" });
  await busy.stop();
  expect((await ended).map((result) => result.status === "rejected" && result.reason.code)).toEqual([
    "ffmpeg-stopped",
    "ffmpeg-stopped",
  ]);
  await expect(busy.run(ECHO, Buffer.alloc(0))).rejects.toMatchObject({ code: "ffmpeg-stopped" });
});

test("a program that is gone is a failure, not a crash", async () => {
  const runner = createFfmpegRunner({ path: "/nowhere/ffmpeg" });
  await expect(runner.run(ECHO, Buffer.alloc(100_000))).rejects.toMatchObject({ code: "ffmpeg-failed" });
  await runner.stop();
});
