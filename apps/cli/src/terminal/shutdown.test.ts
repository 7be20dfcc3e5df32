// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from "vitest";
import { Shutdown } from "./shutdown.ts";

test("what was started last is stopped first, once, and a failing step doesn't keep the others from stopping", async () => {
  const shutdown = new Shutdown();
  const order: string[] = [];
  const failed: string[] = [];
  shutdown.add("database", async () => void order.push("database"));
  shutdown.add(
    "chain",
    async () => {
      throw new Error("stuck");
    },
    () => order.push("chain, by force"),
  );
  shutdown.add("node", async () => void order.push("node"));
  const onFailed = (name: string) => failed.push(name);
  await Promise.all([shutdown.stop(onFailed), shutdown.stop(onFailed)]);
  expect(order).toEqual(["node", "chain, by force", "database"]);
  expect(failed).toEqual(["chain"]);
});

test("one Ctrl-C may arrive twice, since npm passes it on; a later one forces", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const shutdown = new Shutdown();
  const forced: string[] = [];
  shutdown.add(
    "node",
    async () => undefined,
    () => forced.push("node"),
  );
  const unlisten = shutdown.listen(() => forced.push("exit"));
  try {
    vi.advanceTimersByTime(1);
    process.emit("SIGINT", "SIGINT");
    vi.advanceTimersByTime(50);
    process.emit("SIGINT", "SIGINT");
    expect(await shutdown.requested).toBe("SIGINT");
    expect(shutdown.signal.aborted).toBe(true);
    expect(forced).toEqual([]);
    vi.advanceTimersByTime(2_000);
    process.emit("SIGINT", "SIGINT");
    expect(forced).toEqual(["node", "exit"]);
  } finally {
    unlisten();
    vi.useRealTimers();
  }
});
