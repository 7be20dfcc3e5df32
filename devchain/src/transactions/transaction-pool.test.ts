// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import type { Hex } from "../codec/hex.ts";
import { TransactionPool } from "./transaction-pool.ts";
import type { TransactionStatus } from "./transaction-pool.ts";
import type { ValidTransaction } from "./transaction-validity.ts";

/** Nonce `nonce` of an account whose nonce in the state is `from`. */
function validity(account: string, nonce: number, from: number, priority = 1n): ValidTransaction {
  const tag = (n: number): Hex => `0x${account}${n.toString(16).padStart(4, "0")}`;
  return { priority, requires: nonce > from ? [tag(nonce - 1)] : [], provides: [tag(nonce)], longevity: 64n };
}

function bytes(n: number): Hex {
  return `0x${n.toString(16).padStart(8, "0")}`;
}

describe("nonces", () => {
  test("a transaction whose nonce lies ahead waits until the gap is filled", () => {
    const pool = new TransactionPool();
    const heard: TransactionStatus[] = [];
    pool.add(bytes(2), validity("aa", 2, 0), 1, (status) => heard.push(status));
    pool.add(bytes(0), validity("aa", 0, 0), 1);
    expect(heard).toEqual(["future"]);
    expect(pool.select(10).map((t) => t.bytes)).toEqual([bytes(0)]);
    pool.add(bytes(1), validity("aa", 1, 0), 1);
    expect(heard).toEqual(["future", "ready"]);
    expect(pool.select(10).map((t) => t.bytes)).toEqual([bytes(0), bytes(1), bytes(2)]);
  });

  test("one that was validated before the block with the nonce before it is ready", () => {
    const pool = new TransactionPool();
    pool.add(bytes(0), validity("aa", 0, 0), 1);
    pool.included([TransactionPool.hashOf(bytes(0))]);
    pool.add(bytes(1), validity("aa", 1, 0), 1);
    expect(pool.hasReady).toBe(true);
  });

  test("the same nonce again needs a higher priority, and then takes the place", () => {
    const pool = new TransactionPool();
    const heard: TransactionStatus[] = [];
    pool.add(bytes(1), validity("aa", 0, 0, 5n), 1, (status) => heard.push(status));
    expect(pool.add(bytes(2), validity("aa", 0, 0, 5n), 1)).toEqual({
      reason: "too-low-priority",
      old: 5n,
      given: 5n,
    });
    pool.add(bytes(3), validity("aa", 0, 0, 6n), 1);
    expect(heard).toEqual(["ready", { usurped: TransactionPool.hashOf(bytes(3)) }]);
    expect(pool.size).toBe(1);
  });

  test("what needs a removed transaction waits again", () => {
    const pool = new TransactionPool();
    const heard: TransactionStatus[] = [];
    pool.add(bytes(0), validity("aa", 0, 0), 1);
    pool.add(bytes(1), validity("aa", 1, 0), 1, (status) => heard.push(status));
    pool.remove(TransactionPool.hashOf(bytes(0)), "dropped");
    expect(heard).toEqual(["ready", "future"]);
    expect(pool.select(10)).toEqual([]);
  });
});

test("higher priorities go first, but never before what they need", () => {
  const pool = new TransactionPool();
  pool.add(bytes(0), validity("aa", 0, 0, 1n), 1);
  pool.add(bytes(1), validity("aa", 1, 0, 9n), 1);
  pool.add(bytes(2), validity("bb", 0, 0, 5n), 1);
  expect(pool.select(10).map((t) => t.bytes)).toEqual([bytes(0), bytes(1), bytes(2)]);
  expect(pool.select(1).map((t) => t.bytes)).toEqual([bytes(0)]);
});

test("a long chain of nonces is selected whole", () => {
  const pool = new TransactionPool();
  for (let n = 0; n < 4_000; n++) pool.add(bytes(n), validity("aa", n, 0), 1);
  expect(pool.select(512)).toHaveLength(512);
});

test("the pool is bounded in number and bytes, and knows what it has", () => {
  const pool = new TransactionPool({ transactions: 2, bytes: 12 });
  pool.add(bytes(0), validity("aa", 0, 0), 1);
  expect(pool.add(bytes(0), validity("aa", 0, 0), 1)).toEqual({ reason: "already-imported" });
  expect(pool.add(`0x${"00".repeat(9)}`, validity("bb", 0, 0), 1)).toEqual({ reason: "full" });
  pool.add(bytes(1), validity("bb", 0, 0), 1);
  expect(pool.add(bytes(2), validity("cc", 0, 0), 1)).toEqual({ reason: "full" });
  pool.included([TransactionPool.hashOf(bytes(0))]);
  expect(pool.add(bytes(2), validity("cc", 0, 0), 1)).toHaveProperty("status", "ready");
});

test("a transaction that outlives its validity is told so", () => {
  const pool = new TransactionPool();
  const heard: TransactionStatus[] = [];
  pool.add(bytes(0), validity("aa", 0, 0), 10, (status) => heard.push(status));
  pool.expire(74);
  expect(pool.size).toBe(1);
  pool.expire(75);
  expect(heard).toEqual(["ready", "invalid"]);
  expect(pool.size).toBe(0);
});
