// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "../client/chain-client.ts";
import { followBlocks } from "../client/follow-blocks.ts";
import type { Head } from "../client/heads.ts";
import { untilConnected } from "../client/until-connected.ts";
import { tickStreamEvents, type TickStreamChainEvent } from "./chain-event.ts";

/** One block, and what the tick-stream pallet did in it. */
export interface BlockEvents {
  block: Head;
  /** In the order of the block; often none. */
  events: TickStreamChainEvent[];
}

/** What {@link watchEvents} takes. */
export interface WatchEventsParams {
  /** Final blocks only, each number once. Else the best chain: after a reorganisation, numbers come again. */
  finalized: boolean;
  /** The first block wanted; the next one to come where left out. One that the chain has forgotten is an error. */
  from?: number;
  /** Ends the watching. */
  signal?: AbortSignal;
}

/**
 * Every block of the chain and its events, in order and without a gap, through reconnects, until `signal`
 * aborts, the client is disconnected, or the loop is left.
 *
 * @example
 * for await (const { block, events } of watchEvents(client, { finalized: true, from: lastSeen + 1 })) {
 *   for (const event of events) if (event.name === "Settled") book(event.data);
 *   await remember(block.number);
 * }
 */
export async function* watchEvents(
  client: ChainClient,
  params: WatchEventsParams,
): AsyncGenerator<BlockEvents, void, void> {
  const { blocks, closing, connection } = client.internals;
  const kind = params.finalized ? "finalized" : "best";
  const head = params.finalized ? client.finalizedHead() : client.bestHead();
  const signal = params.signal === undefined ? closing : AbortSignal.any([params.signal, closing]);
  for await (const block of followBlocks(client.internals, {
    kind,
    from: params.from ?? head.number + 1,
    signal,
  })) {
    const events = await untilConnected(connection, signal, () => blocks.events(block.hash));
    if (events === null) return;
    yield { block, events: tickStreamEvents(events) };
  }
}
