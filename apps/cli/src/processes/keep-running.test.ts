// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { keepRunning, type Part } from "./keep-running.ts";

/** A part that can be made to end. */
function part(log: string[], number: number): Part & { die(why: string): void } {
  const ended = Promise.withResolvers<string>();
  return {
    ended: ended.promise,
    die: ended.resolve,
    stop: async () => {
      log.push(`stop ${number}`);
      ended.resolve("stopped");
    },
  };
}

test("what ends by itself is started again, also where that fails at first; what is stopped isn't", async () => {
  const log: string[] = [];
  const parts: ReturnType<typeof part>[] = [];
  const third = Promise.withResolvers<void>();
  const kept = await keepRunning({
    name: "it",
    minRetryMs: 1,
    onWarning: (line) => log.push(line),
    begin: async (before) => {
      const number = parts.length + 1;
      log.push(`begin ${number} after ${before ? parts.indexOf(before as never) + 1 : "nothing"}`);
      if (number === 2 && log.filter((line) => line.startsWith("begin 2")).length === 1)
        throw new Error("port taken");
      const made = part(log, number);
      parts.push(made);
      if (number === 3) third.resolve();
      return made;
    },
  });
  expect(kept.first).toBe(parts[0]);
  parts[0]?.die("crash");
  await expect.poll(() => parts.length).toBe(2);
  parts[1]?.die("kill -9");
  await third.promise;
  await kept.stop();
  expect(log).toEqual([
    "begin 1 after nothing",
    "it ended (crash): starting it again",
    "begin 2 after 1",
    "it doesn't start: port taken",
    "begin 2 after 1",
    "it ended (kill -9): starting it again",
    "begin 3 after 2",
    expect.stringMatching("stop [23]"), // 2 where it wasn't known yet that 3 runs
    ...(log.at(-2) === "stop 2" ? ["stop 3"] : []),
  ]);
  expect(log.at(-1)).toBe("stop 3");
});

test("a first start that fails is the caller's to know", async () => {
  const begin = () => Promise.reject(new Error("no such program"));
  await expect(keepRunning({ name: "it", begin, onWarning: () => undefined })).rejects.toThrow(
    "no such program",
  );
});

test("a stop during a start stops what that start brings", async () => {
  const log: string[] = [];
  const slow = Promise.withResolvers<Part>();
  const first = part(log, 1);
  const begun = Promise.withResolvers<void>();
  const kept = await keepRunning({
    name: "it",
    onWarning: () => undefined,
    begin: async (before) => {
      if (!before) return first;
      begun.resolve();
      return slow.promise;
    },
  });
  first.die("crash");
  await begun.promise;
  const stopped = kept.stop();
  slow.resolve(part(log, 2));
  await stopped;
  expect(log).toContain("stop 2");
});
