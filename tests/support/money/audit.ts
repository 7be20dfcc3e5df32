// SPDX-License-Identifier: Apache-2.0
// An auditor that shares no code with the clients it audits: it reads every final block of the chain through @polkadot/api, replays
// the tick-stream pallet's events by the protocol's rules in a few lines of its own, and compares the sums with the chain's balances.
import { ApiPromise, WsProvider } from "@polkadot/api";
import { auditedEvent, type ChainEvent, type EventRecord } from "./audit-events.ts";
import { AuditBook, type AuditedChannel, type AuditedTab, type Flow } from "./audit-book.ts";

/** What an audit found. */
export interface Audit {
  /** The last block that was read. */
  readonly block: number;
  /** Every rule that the chain broke, as a sentence; empty where all is well. */
  readonly problems: readonly string[];
  /** By channel id in hexadecimal. */
  readonly channels: ReadonlyMap<string, AuditedChannel>;
  /** By tab id in decimal. */
  readonly tabs: ReadonlyMap<string, AuditedTab>;
  /** What an account took in and gave; all zero for one that did nothing. `account` is 32 bytes in hexadecimal. */
  flow(account: string): Flow;
}

/** Audits a chain, again and again; each time it reads the blocks that are new. */
export interface Auditor {
  /**
   * Audits the chain from its first block to its last final one.
   *
   * Besides the rules of each event it checks, for every account that took part, the equation
   * `balance now = balance at genesis + paid in − paid out`, each side to the planck, and the same for the escrow account
   * against what the stored tabs and channels say it holds.
   */
  audit(): Promise<Audit>;
  /** Audits each final block until what was found satisfies `condition`; `what` is awaited, for the error. */
  until(condition: (audit: Audit) => boolean, what: string, timeoutMs?: number): Promise<Audit>;
}

/** An auditor of one chain. One audit runs at a time. */
export function createAuditor(api: ApiPromise): Auditor {
  const escrow = api.consts.tickStream?.escrowAccount?.toHex();
  if (escrow === undefined) throw new Error("the chain has no tick-stream pallet");
  const book = new AuditBook(escrow);
  let read = 0;
  let running: Promise<unknown> = Promise.resolve();

  const audit = async (): Promise<Audit> => {
    const finalized = await api.rpc.chain.getFinalizedHead();
    const block = (await api.rpc.chain.getHeader(finalized)).number.toNumber();
    for (const events of await readEvents(api, read + 1, block)) book.block(++read, events);
    const problems = [...book.problems, ...(await checkBalances(api, book, finalized.toHex(), escrow))];
    const { channels, tabs } = book;
    return { block, problems, channels, tabs, flow: (account) => book.flow(account) };
  };
  const next = (): Promise<Audit> => {
    const result = running.then(audit);
    running = result.catch(() => undefined);
    return result;
  };
  return { audit: next, until: (condition, what, ms) => untilAudit(api, next, condition, what, ms) };
}

async function untilAudit(
  api: ApiPromise,
  audit: () => Promise<Audit>,
  condition: (audit: Audit) => boolean,
  what: string,
  timeoutMs = 90_000,
): Promise<Audit> {
  let unsubscribe: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  let auditing: Promise<void> | undefined;
  try {
    return await new Promise<Audit>((resolve, reject) => {
      let again = false;
      timer = setTimeout(() => reject(new Error(`${what}: not within ${timeoutMs} ms`)), timeoutMs);
      const look = async (): Promise<void> => {
        while (again) {
          again = false;
          const found = await audit();
          if (condition(found)) resolve(found);
        }
      };
      // An audit that takes longer than a block is followed by one for all the blocks it missed.
      const onHead = (): void => {
        again = !over;
        auditing ??= look()
          .catch(reject)
          .finally(() => (auditing = undefined));
      };
      api.rpc.chain
        .subscribeFinalizedHeads(onHead)
        .then((stop) => (unsubscribe = stop))
        .catch(reject);
    });
  } finally {
    over = true;
    clearTimeout(timer);
    unsubscribe?.();
    await auditing;
  }
}

type Provider = NonNullable<NonNullable<ConstructorParameters<typeof ApiPromise>[0]>["provider"]>;

/** @polkadot/api as it comes, without our chain client. The caller disconnects it. */
export function connectRaw(url: string): Promise<ApiPromise> {
  const provider = new WsProvider(url, 1_000, {}, 30_000) as unknown as Provider;
  return ApiPromise.create({ provider, noInitWarn: true });
}

/** Every event of the blocks `first` to `last`, a list a block. */
export async function readEvents(api: ApiPromise, first: number, last: number): Promise<ChainEvent[][]> {
  const blocks: ChainEvent[][] = [];
  for (let height = first; height <= last; height++) {
    const at = await api.at(await api.rpc.chain.getBlockHash(height));
    const records = (await at.query.system?.events?.()) as unknown as Iterable<EventRecord>;
    blocks.push(Array.from(records, auditedEvent));
  }
  return blocks;
}

async function checkBalances(
  api: ApiPromise,
  book: AuditBook,
  block: string,
  escrow: string,
): Promise<string[]> {
  const problems: string[] = [];
  const genesis = await api.at(api.genesisHash);
  const now = await api.at(block);
  for (const [account, flow] of book.flows) {
    const [before, after] = [await totalBalance(genesis, account), await totalBalance(now, account)];
    if (before + flow.in() - flow.out() !== after) {
      problems.push(
        `account ${account}: ${before} + ${flow.in()} - ${flow.out()} is not its balance ${after}`,
      );
    }
  }
  const [before, after] = [await totalBalance(genesis, escrow), await totalBalance(now, escrow)];
  const held = await escrowHeld(now);
  if (before + book.escrowIn - book.escrowOut !== after) {
    problems.push(`escrow: ${before} + ${book.escrowIn} - ${book.escrowOut} is not its balance ${after}`);
  }
  if (before + held !== after) {
    problems.push(`escrow: tabs and channels hold ${held} over its first ${before}, its balance is ${after}`);
  }
  return problems;
}

type At = Awaited<ReturnType<ApiPromise["at"]>>;

/** Free and reserved: a deposit on hold is still the account's. */
async function totalBalance(at: At, account: string): Promise<bigint> {
  const record = (await at.query.system?.account?.(account)) as unknown as {
    data: { free: { toBigInt(): bigint }; reserved: { toBigInt(): bigint } };
  };
  return record.data.free.toBigInt() + record.data.reserved.toBigInt();
}

/** What the stored tabs and channels say is in escrow. */
async function escrowHeld(at: At): Promise<bigint> {
  let held = 0n;
  const rates = new Map<string, bigint>();
  for (const [key, value] of (await at.query.tickStream?.termsOf?.entries()) ?? []) {
    rates.set(key.args.join("/"), stored(value).bigint("rate"));
  }
  for (const [, value] of (await at.query.tickStream?.tabs?.entries()) ?? []) {
    const tab = stored(value);
    held += tab.bigint("free") + tab.bigint("setAside") + tab.bigint("claimable");
  }
  for (const [, value] of (await at.query.tickStream?.channels?.entries()) ?? []) {
    const channel = stored(value);
    const rate = rates.get(`${channel.bigint("stream")}/${channel.bigint("terms")}`);
    if (rate === undefined) throw new Error("a channel stands on terms that are not stored");
    held -= channel.bigint("settled") * rate; // set aside until the channel ends, and paid already
  }
  return held;
}

function stored(value: unknown): { bigint(field: string): bigint } {
  const struct = (value as { unwrap(): Map<string, { toBigInt(): bigint }> }).unwrap();
  return {
    bigint: (field) => {
      const codec = struct.get(field);
      if (codec === undefined) throw new Error(`the stored record has no ${field}`);
      return codec.toBigInt();
    },
  };
}
