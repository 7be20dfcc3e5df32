// SPDX-License-Identifier: Apache-2.0
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountId, channelId, fromSs58, IdError, isEpoch, streamId, toSs58 } from "./ids.ts";
import { accountId as anyAccountId } from "./testing/arbitraries.ts";

const ALICE = accountId("0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");

describe("ids", () => {
  test("a stream's id is a u64", () => {
    expect(streamId("18446744073709551615")).toBe((1n << 64n) - 1n);
    expect(streamId(7)).toBe(7n);
    for (const bad of [
      -1,
      1.5,
      2 ** 53,
      1n << 64n,
      "",
      "01",
      "0x1",
      "18446744073709551616",
      "9".repeat(21),
    ]) {
      expect(() => streamId(bad)).toThrow(IdError);
    }
  });

  test("a channel's and an account's id have one form", () => {
    const upper = `0x${"AB".repeat(32)}`;
    expect(channelId(upper)).toBe(upper.toLowerCase().replace("0X", "0x"));
    expect(accountId(new Uint8Array(32))).toBe(`0x${"00".repeat(32)}`);
    for (const bad of ["0x00", "ab".repeat(32), new Uint8Array(31)]) {
      expect(() => channelId(bad)).toThrow(IdError);
      expect(() => accountId(bad)).toThrow(IdError);
    }
  });

  test("an epoch is a safe integer from 0", () => {
    expect([0, Number.MAX_SAFE_INTEGER].every(isEpoch)).toBe(true);
    expect([-1, 0.5, 2 ** 53, Number.NaN, "1", null].some(isEpoch)).toBe(false);
  });
});

describe("addresses", () => {
  // As @polkadot/util-crypto writes them.
  test.each([
    [0, "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"],
    [2, "HNZata7iMYWmk5RvZRTiAsSDhV8366zq2YGb3tLH5Upf74F"],
    [42, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
    [63, "7NPoMQbiA6trJKkjB35uk96MeJD4PGWkLQLH7k7hXEkZpiba"],
    [64, "cEaNSpz4PxFcZ7nT1VEKrKewH67rfx6MfcM6yKojyyPz7qaqp"],
    [255, "yGHXkYLYqxijLKKfd9Q2CB9shRVu8rPNBS53wvwGTutYg4zTg"],
    [1_284, "VdvKmYJfD4VXA9fzz1SbmCo2eYHSzUFbaDCZSuaNKJAe8YNg6"],
    [16_383, "yNa8JpqfFB3q8A29rCwSgxvdU94ufJw2yKKxDgznS5m1PoFvn"],
  ])("Alice under prefix %i", (prefix, address) => {
    expect(toSs58(ALICE, prefix)).toBe(address);
    expect(fromSs58(address)).toBe(ALICE);
    expect(fromSs58(address, prefix)).toBe(ALICE);
  });

  test("every account comes back from its address", () => {
    fc.assert(
      fc.property(anyAccountId, fc.nat({ max: 16_383 }), (account, prefix) => {
        expect(fromSs58(toSs58(account, prefix), prefix)).toBe(account);
      }),
    );
    const zero = accountId(new Uint8Array(32));
    expect(toSs58(zero, 0)).toBe("111111111111111111111111111111111HC1");
    expect(fromSs58("111111111111111111111111111111111HC1")).toBe(zero);
  });

  test("one wrong character is noticed", () => {
    const address = toSs58(ALICE);
    const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    fc.assert(
      fc.property(
        fc.nat({ max: address.length - 1 }),
        fc.constantFrom(...alphabet.split("")),
        (at, character) => {
          fc.pre(address[at] !== character);
          expect(() => fromSs58(address.slice(0, at) + character + address.slice(at + 1))).toThrow(IdError);
        },
      ),
    );
  });

  test("another chain's address, and anything else, is refused", () => {
    expect(() => fromSs58(toSs58(ALICE, 0), 42)).toThrow("belongs to another chain");
    expect(() => toSs58(ALICE, 16_384)).toThrow(IdError);
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(() => fromSs58(text)).toThrow(IdError);
      }),
    );
  });
});
