// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  channelId,
  planck,
  splitTicks,
  streamId,
  type AccountId,
  type ChannelId,
  type Planck,
} from "@tickstream/contracts-types";
import type { ToldEvent } from "./history-double.ts";

/** A stream as the events of a {@link import("./history-double.ts").HistoryDouble} tell of it: who is paid how much. */
export class ToldStream {
  readonly id;
  readonly creator: AccountId;
  readonly guest: AccountId;
  readonly operator: AccountId;
  readonly fan = accountAt("0f");
  readonly channel: ChannelId;
  readonly terms;

  constructor(accounts: { id?: bigint; creator?: AccountId; guest?: AccountId; operator?: AccountId } = {}) {
    this.id = streamId(accounts.id ?? 7n);
    this.creator = accounts.creator ?? accountAt("0c");
    this.guest = accounts.guest ?? accountAt("0d");
    this.operator = accounts.operator ?? accountAt("0a");
    this.channel = channelId(`0x${this.id.toString(16).padStart(64, "c")}`);
    this.terms = {
      rate: planck(333_333_333_337n),
      operatorShare: 100_000_000,
      payees: [
        { account: this.creator, share: 700_000_000 },
        { account: this.guest, share: 300_000_000 },
      ],
    };
  }

  registered(): ToldEvent[] {
    const { id: stream, creator } = this;
    return [
      { name: "StreamRegistered", data: { stream, creator, tickMs: 1_000, operators: [], metadata: "0x" } },
      { name: "TermsAdded", data: { stream, terms: 1, ...this.terms } },
    ];
  }

  opened(): ToldEvent {
    const commitment = { stream: this.id, terms: 1, operator: this.operator };
    // Of a commitment nothing else concerns who is paid.
    return { name: "ChannelOpened", data: { channel: this.channel, commitment: commitment as never } };
  }

  settled(from: number, ticks: number, changes: { operatorPaid?: Planck } = {}): ToldEvent {
    const { total: amount, operator: operatorPaid } = this.split(from, ticks);
    const data = { channel: this.channel, from, ticks, preimage: "0x00" as const, amount, operatorPaid };
    return { name: "Settled", data: { ...data, ...changes } };
  }

  tipped(amount: bigint, note = "Hi"): ToldEvent {
    const data = { stream: this.id, from: this.fan, amount: planck(amount) };
    return { name: "Tipped", data: { ...data, note: `0x${Buffer.from(note).toString("hex")}` } };
  }

  split(from: number, ticks: number): ReturnType<typeof splitTicks> {
    return splitTicks({ ...this.terms, payees: this.terms.payees.map(({ share }) => share) }, from, ticks);
  }

  /** What settlements up to these ticks, and tips, come to for each. */
  owed(ticks: number, ...tips: bigint[]): Record<AccountId, bigint> {
    const { operator, payees } = this.split(0, ticks);
    let [creator, guest] = [payees[0] ?? 0n, payees[1] ?? 0n] as [bigint, bigint];
    for (const tip of tips) {
      const part = (tip * 300_000_000n) / 1_000_000_000n;
      guest += part;
      creator += tip - part;
    }
    return { [this.operator]: operator, [this.creator]: creator, [this.guest]: guest };
  }
}

function accountAt(byte: string): AccountId {
  return accountId(`0x${byte.repeat(32)}`);
}
