// SPDX-License-Identifier: Apache-2.0
import type { Hex, Planck } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { followBlocks } from "../client/follow-blocks.ts";
import type { Head } from "../client/heads.ts";
import { untilConnected } from "../client/until-connected.ts";
import { ChainConnectionError, TransactionLostError, type TransactionLoss } from "../errors.ts";
import type { ChainEvent } from "../events/chain-event.ts";
import { giveToPool, type PoolStatuses, type SentTransaction } from "./pool.ts";
import type { TransactionResult } from "./transaction-handle.ts";

type Result = Omit<TransactionResult, "value">;

/** The pool's words for a transaction that it gave up. */
const LOSSES: Record<string, TransactionLoss> = {
  dropped: "dropped",
  invalid: "invalid",
  usurped: "usurped",
};

/**
 * Follows a transaction until it is final. What counts is what stands in blocks: so nothing is missed while
 * the connection is away, whatever the pool said or did not say. The pool is listened to for bad news only, and
 * gets the same bytes again after a reconnect: it may have forgotten them, and they can't be executed twice.
 *
 * @throws TransactionLostError, ChainConnectionError where the client is closed
 */
export async function followTransaction(
  client: ChainClient,
  sent: SentTransaction,
  params: {
    timeoutMs: number;
    statuses: PoolStatuses;
    onIncluded: (result: Result) => void;
    onFinalized: (result: Result) => void;
  },
): Promise<void> {
  const { hash, validUntil } = sent;
  const { connection, closing } = client.internals;
  const stop = new AbortController();
  const lost = Promise.withResolvers<never>();
  const lossOf = (loss: TransactionLoss, resendSafe: boolean) =>
    new TransactionLostError(loss, { resendSafe, validUntil, details: hash });

  const stopListening = params.statuses.listen((status) => {
    const word = typeof status === "string" ? status : Object.keys(status ?? {})[0];
    const loss = word === undefined ? undefined : LOSSES[word];
    // Until its time is over, another node might still have it.
    if (loss !== undefined) lost.reject(lossOf(loss, false));
  });
  const stopReconnecting = connection.onState((state) => {
    if (state === "connected") giveToPool(client, sent.bytes, params.statuses).catch(() => {});
  });
  const timer = setTimeout(() => lost.reject(lossOf("timeout", false)), params.timeoutMs);
  const close = () => lost.reject(new ChainConnectionError("chain-closed"));
  closing.addEventListener("abort", close, { once: true });
  if (closing.aborted) close();

  const { signal } = stop;
  const inBest = async () => {
    const block = await findIn(client, sent, { kind: "best", signal });
    if (block === null) return;
    const result = await resultIn(client, sent, block, signal);
    if (!signal.aborted) params.onIncluded(result);
  };
  const inFinalized = async () => {
    const block = await findIn(client, sent, { kind: "finalized", signal });
    if (block !== null) params.onFinalized(await resultIn(client, sent, block, signal));
    else if (!signal.aborted) throw lossOf("expired", true);
    stop.abort();
  };
  try {
    await Promise.race([Promise.all([inBest(), inFinalized()]), lost.promise]);
  } finally {
    stop.abort();
    clearTimeout(timer);
    stopListening();
    stopReconnecting();
    closing.removeEventListener("abort", close);
    lost.promise.catch(() => {});
  }
}

/** The block that holds the transaction; `null` once none can any more, or `signal` aborts. */
async function findIn(
  client: ChainClient,
  sent: SentTransaction,
  params: { kind: "best" | "finalized"; signal: AbortSignal },
): Promise<Head | null> {
  for await (const block of followBlocks(client.internals, { ...params, from: sent.from + 1 })) {
    // A reorganisation may offer an old number again: only the final chain decides that it is too late.
    if (sent.validUntil !== null && block.number > sent.validUntil) {
      if (params.kind === "finalized") return null;
      continue;
    }
    const { blocks, connection } = client.internals;
    const body = await untilConnected(connection, params.signal, () => blocks.body(block.hash));
    if (body?.extrinsics.includes(sent.hash)) return block;
  }
  return null;
}

async function resultIn(
  client: ChainClient,
  { hash }: { hash: Hex },
  block: Head,
  signal: AbortSignal,
): Promise<Result> {
  const { blocks, connection } = client.internals;
  const body = await untilConnected(connection, signal, () => blocks.body(block.hash));
  const all = await untilConnected(connection, signal, () => blocks.events(block.hash));
  if (body === null || all === null) throw new ChainConnectionError("chain-closed");
  const index = body.extrinsics.indexOf(hash);
  const events = all.filter(({ extrinsic }) => extrinsic === index);
  return { hash, block, index, events, fee: feeIn(events) };
}

function feeIn(events: ChainEvent[]): Planck | null {
  const paid = events.find(
    ({ pallet, name }) => pallet === "TransactionPayment" && name === "TransactionFeePaid",
  );
  return (paid?.data["actualFee"] as Planck | undefined) ?? null;
}
