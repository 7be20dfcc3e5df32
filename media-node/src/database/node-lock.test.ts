// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { acquireNodeLock } from "./node-lock.ts";
import { eventually } from "../testing/eventually.ts";

let postgres: TestPostgres;
let url: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  url = await postgres.createDatabase();
});

const onLost = (error: Error): void => {
  throw error;
};

test("one node, one database; the next gets it when the first lets go", async () => {
  const first = await acquireNodeLock({ url, onLost });
  await expect(acquireNodeLock({ url, patienceMs: 0, onLost })).rejects.toMatchObject({
    code: "database-in-use",
  });
  const second = acquireNodeLock({ url, onLost });
  await first.release();
  await (await second).release();
});

test("an outage loses the lock only where another node takes it", async () => {
  const losses: string[] = [];
  const lock = await acquireNodeLock({ url, onLost: (error) => losses.push(error.code) });
  await postgres.pause();
  await postgres.resume();
  // Ours again, sooner or later: whoever asks without patience is refused.
  const rival = (): Promise<string> =>
    acquireNodeLock({ url, patienceMs: 0, onLost }).then(
      async (taken) => {
        await taken.release();
        return "taken";
      },
      (error: { code: string }) => error.code,
    );
  await eventually(rival, { timeout: 5_000 }).toBe("database-in-use");
  expect(losses).toEqual([]);
  await lock.release();
});
