// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WalletRequests, type RequestStage } from "./wallet-requests.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request that a test answers, and when it was asked. */
function question<T = string>() {
  const answer = Promise.withResolvers<T>();
  const askedAt: number[] = [];
  const request = () => {
    askedAt.push(performance.now());
    return answer.promise;
  };
  return { ...answer, request, askedAt };
}

const nothing = new Promise<never>(() => {});

test("asks one thing at a time, and not two within the gap", async () => {
  const requests = new WalletRequests();
  const [first, second] = [question(), question()];
  const stages: RequestStage[] = [];
  const one = requests.ask(first.request);
  const two = requests.ask(second.request, { onStage: (stage) => stages.push(stage) });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(second.askedAt).toEqual([]);
  expect(stages).toEqual(["waiting-for-wallet"]);
  first.resolve("a");
  expect(await one).toBe("a");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(second.askedAt).toEqual([]);
  await vi.advanceTimersByTimeAsync(300);
  expect(second.askedAt[0]! - first.askedAt[0]!).toBeGreaterThanOrEqual(3_200);
  second.resolve("b");
  expect(await two).toBe("b");
  expect(stages).toEqual(["waiting-for-wallet", "signing"]);
});

test("a request that is never answered ends in time, and the next one is asked", async () => {
  const requests = new WalletRequests({ timeoutMs: 5_000 });
  const stuck = expect(requests.ask(() => nothing)).rejects.toMatchObject({ code: "wallet-timeout" });
  const next = question();
  const answered = requests.ask(next.request);
  await vi.advanceTimersByTimeAsync(5_001);
  await stuck;
  await vi.advanceTimersByTimeAsync(1);
  expect(next.askedAt).toHaveLength(1);
  next.resolve("late is fine");
  expect(await answered).toBe("late is fine");
});

test("a rate limit is waited out, a few times", async () => {
  const requests = new WalletRequests();
  const limit = () => Promise.reject(new Error("Rate limit exceeded. Try again later."));
  const outcomes = [limit, limit, () => Promise.resolve("signed")];
  const asked = requests.ask(() => outcomes.shift()!());
  await vi.advanceTimersByTimeAsync(6_400);
  expect(await asked).toBe("signed");

  let attempts = 0;
  const refused = expect(
    requests.ask(() => {
      attempts++;
      return limit();
    }),
  ).rejects.toMatchObject({ code: "wallet-busy" });
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  expect(attempts).toBe(4);
});

test("a declined request is not asked again", async () => {
  const requests = new WalletRequests();
  let attempts = 0;
  const declined = expect(
    requests.ask(() => {
      attempts++;
      return Promise.reject(new Error("Cancelled"));
    }),
  ).rejects.toMatchObject({ code: "wallet-rejected" });
  await vi.advanceTimersByTimeAsync(60_000);
  await declined;
  expect(attempts).toBe(1);
});

test("who no longer waits is not asked, and nobody behind them waits for it", async () => {
  const requests = new WalletRequests();
  const leaving = new AbortController();
  const shown = requests.ask(() => nothing, { signal: leaving.signal });
  const queued = question();
  const waiting = requests.ask(queued.request, { signal: leaving.signal });
  const next = question();
  const answered = requests.ask(next.request);
  leaving.abort(new Error("gone"));
  await expect(shown).rejects.toThrow("gone");
  await expect(waiting).rejects.toThrow("gone");
  await vi.advanceTimersByTimeAsync(3_200);
  expect(queued.askedAt).toEqual([]);
  next.resolve("next");
  expect(await answered).toBe("next");
});

test("a page gone wild is stopped", async () => {
  const requests = new WalletRequests({ timeoutMs: 10 });
  const asked = Array.from({ length: 17 }, () =>
    requests.ask(() => nothing).catch((error: unknown) => error),
  );
  expect(await asked[16]).toMatchObject({ code: "wallet-busy" });
  await vi.advanceTimersByTimeAsync(16 * 3_300);
  expect(await Promise.all(asked.slice(0, 16))).toMatchObject(
    Array.from({ length: 16 }, () => ({ code: "wallet-timeout" })),
  );
});
