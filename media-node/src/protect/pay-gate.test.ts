// SPDX-License-Identifier: Apache-2.0
import { bytesToHex } from "@tickstream/contracts-types";
import { expect, test, vi } from "vitest";
import { EpochRanges } from "../ledger/epoch-ranges.ts";
import type { LedgerChannel } from "../ledger/ledger-channel.ts";
import { TestViewer } from "../testing/viewer.ts";
import { PayGates } from "./pay-gate.ts";

const viewer = new TestViewer();

function channel(bought: number[]): LedgerChannel {
  const { channel: id, commitment } = viewer.commit();
  const ranges = new EpochRanges();
  for (const epoch of bought) ranges.add(epoch);
  return { id, commitment, bought: ranges } as LedgerChannel;
}

const stored = async (): Promise<void> => {};

test("what is in memory only opens no gate: the node waits until it is durable", async () => {
  let durable = (): void => {};
  const gates = new PayGates(() => new Promise((resolve) => (durable = resolve)));
  const paying = channel([5]);
  const ticket = bytesToHex(gates.issueTicket(paying));
  const opening = gates.open(ticket, () => {});
  expect(gates.isOpen(paying.id)).toBe(false);
  durable();
  const gate = await opening;
  expect(gate?.isOpen(5)).toBe(true);
  paying.bought.add(6);
  expect(gate?.isOpen(6)).toBe(false);
  gates.bought(paying.id, [{ epoch: 6 }]);
  expect(gate?.isOpen(6)).toBe(true);
});

test("a node that can't store opens nothing", async () => {
  const gates = new PayGates(() => Promise.reject(new Error("no database")));
  const ticket = bytesToHex(gates.issueTicket(channel([])));
  await expect(gates.open(ticket, () => {})).rejects.toThrow("no database");
});

test("a channel has one gate: a second one takes the place of the first", async () => {
  const gates = new PayGates(stored);
  const paying = channel([5]);
  const ticket = bytesToHex(gates.issueTicket(paying)).slice(2);
  const superseded = vi.fn<() => void>();
  const first = await gates.open(ticket, superseded);
  const second = await gates.open(ticket, () => {});
  expect(superseded).toHaveBeenCalledOnce();
  first?.close();
  expect(gates.isOpen(paying.id)).toBe(true);
  expect(gates.anyOpen(paying.commitment.stream)).toBe(true);
  second?.close();
  second?.close();
  expect(gates.isOpen(paying.id)).toBe(false);
  expect(gates.anyOpen(paying.commitment.stream)).toBe(false);
});

test("an unknown or revoked ticket opens nothing", async () => {
  const gates = new PayGates(stored);
  const ticket = gates.issueTicket(channel([]));
  gates.revokeTicket(ticket);
  expect(await gates.open(bytesToHex(ticket), () => {})).toBeUndefined();
  expect(await gates.open("", () => {})).toBeUndefined();
});
