// SPDX-License-Identifier: Apache-2.0
import { bytesToHex } from "@tickstream/contracts-types";
import { expect, test } from "vitest";
import { EpochRanges } from "../../ledger/epoch-ranges.ts";
import type { LedgerChannel } from "../../ledger/ledger-channel.ts";
import { PayGates } from "../../protect/pay-gate.ts";
import { TestViewer } from "../../testing/viewer.ts";
import { ViewerGate } from "./viewer-gate.ts";

const viewer = new TestViewer();

function channel(bought: number[]): LedgerChannel {
  const { channel: id, commitment } = viewer.commit();
  const ranges = new EpochRanges();
  for (const epoch of bought) ranges.add(epoch);
  return { id, commitment, bought: ranges } as LedgerChannel;
}

function setUp(...channels: LedgerChannel[]) {
  const gates = new PayGates(async () => {});
  const tickets = channels.map((one) => bytesToHex(gates.issueTicket(one)));
  const gate = new ViewerGate(gates, String(channels[0]!.commitment.stream));
  let lost = 0;
  gate.onLost(() => lost++);
  return { gates, tickets, gate, lost: () => lost };
}

test("what any of the viewer's channels has bought goes through, and nothing else", async () => {
  const [used, next] = [channel([1, 2]), channel([])];
  const { gates, tickets, gate } = setUp(used, next);
  await gate.add(tickets[0]);
  await gate.add(tickets[1]);
  expect([1, 2, 3].map((epoch) => gate.isOpen(epoch))).toEqual([true, true, false]);
  gates.bought(next.id, [{ epoch: 3 }]);
  expect(gate.isOpen(3)).toBe(true);
  gate.close();
  expect([gates.isOpen(used.id), gates.isOpen(next.id), gate.isOpen(1)]).toEqual([false, false, false]);
});

test("a newer ticket of the same channel takes the older one's place; another session's ends it", async () => {
  const one = channel([1]);
  const { gates, tickets, gate, lost } = setUp(one);
  await gate.add(tickets[0]);
  await gate.add(bytesToHex(gates.issueTicket(one)));
  expect([gate.isOpen(1), lost()]).toEqual([true, 0]);
  await gates.open(bytesToHex(gates.issueTicket(one)), () => {});
  expect([gate.isOpen(1), lost()]).toEqual([false, 1]);
});

test("no ticket, or one that was never given, opens nothing", async () => {
  const { gate } = setUp(channel([1]));
  for (const ticket of [undefined, "00".repeat(16)]) {
    await expect(gate.add(ticket)).rejects.toMatchObject({ code: "payment-required" });
  }
  expect(gate.isOpen(1)).toBe(false);
});
