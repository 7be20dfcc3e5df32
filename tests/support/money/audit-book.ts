// SPDX-License-Identifier: Apache-2.0
// The auditor's book: the protocol's rules on paper, kept apart from every implementation of them.
import { createHash } from "node:crypto";
import type { ChainEvent, Plain } from "./audit-events.ts";

const BILLION = 1_000_000_000n;

/** What an account took in and gave, in plancks. */
export class Flow {
  /** From channels, as one of a stream's payees. */
  payee = 0n;
  /** From channels, as the operator. */
  operator = 0n;
  openFees = 0n;
  /** Of tips, as one of a stream's payees; the transfers themselves are in `received` and `sent`. */
  tips = 0n;
  /** What came back from the account's tabs. */
  tabReturns = 0n;
  /** What the account moved into its tabs. */
  tabDeposits = 0n;
  /** For transactions. */
  fees = 0n;
  /** Transfers that are none of the pallet's. */
  received = 0n;
  sent = 0n;

  in(): bigint {
    return this.payee + this.operator + this.openFees + this.tabReturns + this.received;
  }

  out(): bigint {
    return this.tabDeposits + this.fees + this.sent;
  }
}

interface AuditedTerms {
  rate: bigint;
  operatorShare: bigint;
  payees: { account: string; share: bigint }[];
}

/** A tab's life. */
export interface AuditedTab {
  owner: string;
  deposited: bigint;
  returned: bigint;
  /** Opening fees and settlements. */
  spent: bigint;
}

/** A channel's life. */
export interface AuditedChannel {
  tab: string;
  stream: string;
  operator: string;
  rate: bigint;
  openFee: bigint;
  maxTicks: number;
  terms: AuditedTerms;
  /** Ticks settled so far. */
  ticks: number;
  paid: bigint;
  operatorPaid: bigint;
  /** In the order of the terms. */
  payeesPaid: bigint[];
  settlements: number;
  ended: boolean;
  /** `p(ticks)`, or the anchor. */
  proof: string;
}

/** Who has what of the first `ticks` of a channel: the protocol's “Split”, written once more. */
function shares(terms: AuditedTerms, ticks: number): { total: bigint; operator: bigint; payees: bigint[] } {
  const total = BigInt(ticks) * terms.rate;
  const operator = (total * terms.operatorShare) / BILLION;
  let [rest, unserved] = [total - operator, BILLION];
  const others = terms.payees.slice(1).map(({ share }) => {
    const part = (rest * share) / unserved;
    rest -= part;
    unserved -= share;
    return part;
  });
  return { total, operator, payees: [rest, ...others] };
}

/** Replays blocks and notes every rule that is broken. */
export class AuditBook {
  readonly problems: string[] = [];
  readonly channels = new Map<string, AuditedChannel>();
  readonly tabs = new Map<string, AuditedTab>();
  readonly flows = new Map<string, Flow>();
  escrowIn = 0n;
  escrowOut = 0n;
  readonly #escrow: string;
  readonly #terms = new Map<string, AuditedTerms>();
  /** The terms that tips are shared by. */
  readonly #current = new Map<string, string>();
  readonly #creators = new Map<string, string>();
  #height = 0;
  /** What the pallet's events of the block say went from escrow to each account. */
  #owed = new Map<string, bigint>();

  constructor(escrow: string) {
    this.#escrow = escrow;
  }

  problem(text: string): void {
    this.problems.push(`block ${this.#height}: ${text}`);
  }

  flow(account: string): Flow {
    let flow = this.flows.get(account);
    if (flow === undefined) this.flows.set(account, (flow = new Flow()));
    return flow;
  }

  /** Takes a block's events, and compares what the pallet announced with what left the escrow account. */
  block(height: number, events: ChainEvent[]): void {
    this.#height = height;
    this.#owed = new Map();
    const left = new Map<string, bigint>();
    const tips = new Set(events.filter(({ name }) => name === "Tipped").map(({ extrinsic }) => extrinsic));
    for (const { pallet, name, data, extrinsic } of events) {
      // A tip goes from hand to hand: what is redirected of it was never in escrow.
      if (name === "ShareRedirected" && tips.has(extrinsic)) this.#tipRedirected(data);
      else if (pallet === "tickStream") this.#tickStream(name, data);
      else if (pallet === "transactionPayment" && name === "TransactionFeePaid") {
        this.flow(text(data.who)).fees += integer(data.actualFee);
      } else if (pallet === "balances" && name === "Transfer") {
        const [from, to, amount] = [text(data.from), text(data.to), integer(data.amount)];
        if (from === this.#escrow) {
          left.set(to, (left.get(to) ?? 0n) + amount);
          this.escrowOut += amount;
        } else if (to === this.#escrow) {
          this.escrowIn += amount;
        } else {
          this.flow(from).sent += amount;
          this.flow(to).received += amount;
        }
      }
    }
    for (const account of new Set([...left.keys(), ...this.#owed.keys()])) {
      const [owed, got] = [this.#owed.get(account) ?? 0n, left.get(account) ?? 0n];
      if (owed !== got) this.problem(`${account} was to get ${owed} from escrow and got ${got}`);
    }
  }

  #owe(account: string, amount: bigint): void {
    if (amount > 0n) this.#owed.set(account, (this.#owed.get(account) ?? 0n) + amount);
  }

  #tickStream(name: string, data: ChainEvent["data"]): void {
    if (name === "StreamRegistered") this.#creators.set(text(data.stream), text(data.creator));
    else if (name === "TermsAdded") this.#termsAdded(data);
    else if (name === "TabOpened") this.#tabFunded(text(data.tab), integer(data.deposit), text(data.owner));
    else if (name === "TabToppedUp") this.#tabFunded(text(data.tab), integer(data.amount));
    else if (name === "TabReturned") this.#tabReturned(data);
    else if (name === "ChannelOpened") this.#channelOpened(data);
    else if (name === "Settled") this.#settled(data);
    else if (name === "ChannelEnded") this.#channelEnded(data);
    else if (name === "ShareRedirected") this.#redirected(data);
    else if (name === "Tipped") this.#tipped(data);
  }

  #termsAdded(data: ChainEvent["data"]): void {
    this.#current.set(text(data.stream), `${text(data.stream)}/${text(data.terms)}`);
    this.#terms.set(`${text(data.stream)}/${text(data.terms)}`, {
      rate: integer(data.rate),
      operatorShare: integer(data.operatorShare),
      payees: (data.payees as { account: Plain; share: Plain }[]).map((payee) => ({
        account: text(payee.account),
        share: integer(payee.share),
      })),
    });
  }

  #tabFunded(id: string, amount: bigint, owner?: string): void {
    const known = this.tabs.get(id);
    if (owner !== undefined && known !== undefined) this.problem(`tab ${id} was opened twice`);
    const tab = known ?? { owner: owner ?? "", deposited: 0n, returned: 0n, spent: 0n };
    tab.deposited += amount;
    this.tabs.set(id, tab);
    this.flow(tab.owner).tabDeposits += amount;
  }

  #tabReturned(data: ChainEvent["data"]): void {
    const tab = this.tabs.get(text(data.tab));
    const amount = integer(data.amount);
    if (tab === undefined || tab.owner !== text(data.owner))
      return this.problem("money left a tab to a stranger");
    tab.returned += amount;
    if (tab.returned + tab.spent > tab.deposited) this.problem(`tab ${text(data.tab)} gave more than it had`);
    this.flow(tab.owner).tabReturns += amount;
    this.#owe(tab.owner, amount);
  }

  #channelOpened(data: ChainEvent["data"]): void {
    const id = text(data.channel);
    const commitment = data.commitment as Record<string, Plain>;
    const [stream, version] = [text(commitment.stream), text(commitment.terms)];
    const terms = this.#terms.get(`${stream}/${version}`);
    const tab = this.tabs.get(text(commitment.tab));
    if (terms === undefined || tab === undefined) return this.problem(`channel ${id} stands on nothing`);
    if (this.channels.has(id)) this.problem(`channel ${id} was opened twice`);
    const [rate, openFee] = [integer(commitment.rate), integer(commitment.openFee)];
    const operator = text(commitment.operator);
    if (rate !== terms.rate) this.problem(`channel ${id} opened at ${rate}, the terms say ${terms.rate}`);
    tab.spent += openFee;
    this.flow(operator).openFees += openFee;
    this.#owe(operator, openFee);
    this.channels.set(id, {
      tab: text(commitment.tab),
      stream,
      operator,
      rate,
      openFee,
      maxTicks: Number(integer(commitment.maxTicks)),
      terms,
      ticks: 0,
      paid: 0n,
      operatorPaid: 0n,
      payeesPaid: terms.payees.map(() => 0n),
      settlements: 0,
      ended: false,
      proof: text(commitment.anchor),
    });
  }

  #settled(data: ChainEvent["data"]): void {
    const id = text(data.channel);
    const channel = this.channels.get(id);
    const [from, ticks] = [Number(integer(data.from)), Number(integer(data.ticks))];
    if (channel === undefined || channel.ended)
      return this.problem(`${id} was settled and is no open channel`);
    if (from !== channel.ticks) this.problem(`${id} was settled from ${from}, it stood at ${channel.ticks}`);
    if (ticks <= from || ticks > channel.maxTicks) this.problem(`${id} was settled to ${ticks} from ${from}`);
    let hash = Buffer.from(text(data.preimage).slice(2), "hex");
    for (let n = ticks; n > from; n--) hash = createHash("sha256").update(hash).digest();
    if (`0x${hash.toString("hex")}` !== channel.proof) this.problem(`${id}: the preimage is not p(${ticks})`);

    const [before, after] = [shares(channel.terms, from), shares(channel.terms, ticks)];
    const total = after.total - before.total;
    const operator = after.operator - before.operator;
    if (integer(data.amount) !== total)
      this.problem(`${id}: ${from} to ${ticks} paid ${text(data.amount)}, not ${total}`);
    if (integer(data.operatorPaid) !== operator) {
      this.problem(`${id}: the operator was paid ${text(data.operatorPaid)}, not ${operator}`);
    }
    channel.ticks = ticks;
    channel.proof = text(data.preimage);
    channel.paid += total;
    channel.operatorPaid += operator;
    channel.settlements += 1;
    const tab = this.tabs.get(channel.tab);
    if (tab !== undefined) tab.spent += total;
    this.flow(channel.operator).operator += operator;
    this.#owe(channel.operator, operator);
    channel.terms.payees.forEach(({ account }, i) => {
      const part = (after.payees[i] ?? 0n) - (before.payees[i] ?? 0n);
      channel.payeesPaid[i] = (channel.payeesPaid[i] ?? 0n) + part;
      this.flow(account).payee += part;
      this.#owe(account, part);
    });
  }

  /** From the giver's own account to the payees', without escrow or operator. */
  #tipped(data: ChainEvent["data"]): void {
    const terms = this.#terms.get(this.#current.get(text(data.stream)) ?? "");
    if (terms === undefined) return this.problem(`a tip for stream ${text(data.stream)}, which has no terms`);
    const { payees } = shares({ ...terms, rate: integer(data.amount), operatorShare: 0n }, 1);
    terms.payees.forEach(({ account }, i) => (this.flow(account).tips += payees[i] ?? 0n));
  }

  #tipRedirected(data: ChainEvent["data"]): void {
    const amount = integer(data.amount);
    this.flow(text(data.payee)).tips -= amount;
    this.flow(this.#creators.get(text(data.stream)) ?? "").tips += amount;
  }

  #channelEnded(data: ChainEvent["data"]): void {
    const id = text(data.channel);
    const channel = this.channels.get(id);
    if (channel === undefined || channel.ended) return this.problem(`${id} ended and was not open`);
    channel.ended = true;
    const freed = BigInt(channel.maxTicks) * channel.rate - channel.paid;
    if (integer(data.paid) !== channel.paid)
      this.problem(`${id} ended at ${text(data.paid)}, not ${channel.paid}`);
    if (integer(data.freed) !== freed) this.problem(`${id} freed ${text(data.freed)}, not ${freed}`);
  }

  #redirected(data: ChainEvent["data"]): void {
    const [payee, amount] = [text(data.payee), integer(data.amount)];
    const creator = this.#creators.get(text(data.stream)) ?? "";
    this.flow(payee).payee -= amount;
    this.flow(creator).payee += amount;
    this.#owed.set(payee, (this.#owed.get(payee) ?? 0n) - amount);
    this.#owe(creator, amount);
  }
}

function integer(value: Plain | undefined): bigint {
  if (typeof value !== "bigint") throw new Error(`expected an integer, got ${typeof value}`);
  return value;
}

/** Ids are compared as text. */
function text(value: Plain | undefined): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "string") throw new Error(`expected an id, got ${typeof value}`);
  return value;
}
