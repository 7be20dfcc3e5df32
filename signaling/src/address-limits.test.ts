// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { AddressLimits } from "./address-limits.ts";

const limitsOf = (maxIdleAddresses: number): AddressLimits =>
  new AddressLimits({ maxConnectionsPerAddress: 2, joinsPerSecond: 0, joinBurst: 2, maxIdleAddresses });

test("sockets of an address are counted, and given back", () => {
  const limits = limitsOf(10);
  limits.connected("a");
  expect(limits.mayConnect("a")).toBe(true);
  limits.connected("a");
  expect([limits.mayConnect("a"), limits.mayConnect("b")]).toEqual([false, true]);
  limits.disconnected("a");
  expect(limits.mayConnect("a")).toBe(true);
});

test("who closes its socket and comes back does not begin anew", () => {
  const limits = limitsOf(10);
  limits.connected("a");
  expect([limits.takeJoin("a"), limits.takeJoin("a"), limits.takeJoin("a")]).toEqual([true, true, false]);
  limits.disconnected("a");
  limits.connected("a");
  expect(limits.takeJoin("a")).toBe(false);
});

test("so many addresses are remembered, those that left longest ago are forgotten first", () => {
  const limits = limitsOf(2);
  for (const address of ["a", "b", "c"]) {
    limits.connected(address);
    limits.takeJoin(address);
    limits.takeJoin(address);
    limits.disconnected(address);
  }
  for (const address of ["a", "b", "c"]) limits.connected(address);
  expect(["a", "b", "c"].map((address) => limits.takeJoin(address))).toEqual([true, false, false]);
});

test("an address without a socket joins nothing", () => {
  expect(limitsOf(2).takeJoin("a")).toBe(false);
});
