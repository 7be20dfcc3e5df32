// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ffmpegPath } from "./encoder.ts";
import { countPackets, entropy, locateRun, locateRuns, type Packets, readPackets } from "./packets.ts";
import { runProgram } from "../system/program.ts";

describe("packets of a recording against the encoder's copy", () => {
  let folder: string;
  let sent: Packets;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tickstream-packets-"));
    await runProgram(
      ffmpegPath(),
      // prettier-ignore
      ["-v", "error", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=15", "-f", "lavfi", "-i", "sine=frequency=330",
        "-t", "6", "-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-c:a", "aac", "-flags", "+global_header", join(folder, "sent.flv")],
    );
    sent = await readPackets(join(folder, "sent.flv"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const cut = async (from: number, name: string): Promise<Packets> => {
    const file = join(folder, name);
    // prettier-ignore
    await runProgram(ffmpegPath(), ["-v", "error", "-i", join(folder, "sent.flv"), "-ss", String(from), "-t", "2", "-c", "copy",
      "-movflags", "+frag_keyframe+empty_moov+default_base_moof", file]);
    return readPackets(file);
  };

  it("finds a piece in another container as one run", async () => {
    const piece = await cut(2, "piece.mp4");
    expect(sent.video).toHaveLength(90);
    expect(locateRun(piece.video, sent.video)).toEqual({ from: 30, count: piece.video.length });
    expect(locateRun(piece.audio, sent.audio).count).toBe(piece.audio.length);
  });

  it("refuses a missing, a doubled and a foreign packet", () => {
    const piece = sent.video.slice(10, 30);
    expect(() => locateRun(piece.toSpliced(5, 1), sent.video)).toThrow(/received packet 5 of 19/);
    expect(() => locateRun(piece.toSpliced(5, 0, piece[5] as string), sent.video)).toThrow(/packet 6 of 21/);
    expect(() => locateRun(piece.with(19, "0".repeat(32)), sent.video)).toThrow(/packet 19 of 20/);
    expect(() => locateRun([], sent.video)).toThrow(/nothing/);
    expect(() => locateRuns(piece.toSpliced(5, 0, piece[5] as string), sent.video)).toThrow(/doubled/);
  });

  it("counts the runs of an interrupted recording", () => {
    const received = [...sent.video.slice(0, 10), ...sent.video.slice(40, 60)];
    expect(locateRuns(received, sent.video)).toEqual([
      { from: 0, count: 10 },
      { from: 40, count: 20 },
    ]);
  });

  it("tells noise from media", async () => {
    const noise = randomBytes(64 << 10);
    const file = join(folder, "noise.mp4");
    await writeFile(file, noise);
    expect(await countPackets(file)).toBe(0);
    expect(await countPackets(join(folder, "sent.flv"))).toBe(sent.video.length + sent.audio.length);
    expect(entropy(noise)).toBeGreaterThan(7.99);
    expect(entropy(Buffer.alloc(1_000))).toBe(0);
  });
});
