// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "@tickstream/contracts-types";
import { ChainConnectionError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import type { Head, Heads } from "./heads.ts";

/** What following blocks needs of a client. */
export interface BlockSource {
  connection: Connection;
  heads: Record<"best" | "finalized", Heads>;
}

/** How far back the best chain is compared with what was told, to find where it forked. */
const REORG_DEPTH = 256;

const RETRY_MS = 500;

/**
 * Every block of a chain from `from` on, in order and without a gap, through reconnects, until `signal` aborts.
 *
 * Of the finalized chain each number comes once. Of the best chain, after a reorganisation, the blocks of the
 * new branch come from the fork on: numbers repeat, with other hashes.
 */
export async function* followBlocks(
  source: BlockSource,
  params: { kind: "best" | "finalized"; from: number; signal: AbortSignal },
): AsyncGenerator<Head, void, void> {
  const { kind, from, signal } = params;
  const heads = source.heads[kind];
  /** What was told of the best chain, by number. */
  const told = new Map<number, Hex>();
  let next = from;
  while (!signal.aborted) {
    const latest = heads.latest;
    let block: Head | null;
    try {
      if (kind === "best" && latest !== null) {
        next = await firstUntold(heads, told, Math.min(next, latest.number + 1), from);
      }
      block = latest === null || latest.number < next ? null : await blockAt(heads, next);
    } catch (error) {
      if (source.connection.closed || signal.aborted) return;
      if (!(error instanceof ChainConnectionError)) throw error;
      await changed(source, heads, signal, { after: latest, retryMs: RETRY_MS });
      continue;
    }
    if (block === null) {
      if (source.connection.closed) return;
      await changed(source, heads, signal, { after: latest });
      continue;
    }
    if (signal.aborted) return;
    if (kind === "best") {
      told.set(block.number, block.hash);
      told.delete(block.number - REORG_DEPTH);
    }
    next = block.number + 1;
    yield block;
  }
}

/** The block of this number, where the chain has it now. */
async function blockAt(heads: Heads, number: number): Promise<Head | null> {
  const hash = await heads.hashAt(number);
  return hash === null ? null : { number, hash };
}

/** `next`, or the first number below it from which the best chain is not what was told. */
async function firstUntold(
  heads: Heads,
  told: Map<number, Hex>,
  next: number,
  from: number,
): Promise<number> {
  let number = next;
  while (number > from && told.has(number - 1)) {
    if ((await heads.hashAt(number - 1)) === told.get(number - 1)) break;
    number--;
  }
  return number;
}

/** Until there is another head than `after`, the connection comes or goes, or `signal` aborts. */
function changed(
  source: BlockSource,
  heads: Heads,
  signal: AbortSignal,
  { after, retryMs }: { after: Head | null; retryMs?: number },
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const subscriptions = [heads.onHead(end), source.connection.onState(end)];
    // A request can fail while the socket stays: then time, too, is a reason to ask again.
    const timer = retryMs === undefined ? undefined : setTimeout(end, retryMs);
    signal.addEventListener("abort", end, { once: true });
    // What changed while the answer was on its way is no longer announced.
    if (signal.aborted || source.connection.closed || (retryMs === undefined && heads.latest !== after))
      end();
  });
}
