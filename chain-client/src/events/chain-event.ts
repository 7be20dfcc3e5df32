// SPDX-License-Identifier: Apache-2.0
import type { chain } from "@tickstream/contracts-types";
import type { Plain } from "../codec/to-plain.ts";

/** One event of a block, as plain values. */
export interface ChainEvent {
  /** As in the runtime: `TickStream`, `Balances`. */
  pallet: string;
  name: string;
  /** The event's fields; unnamed ones by their index. */
  data: { [field: string]: Plain | undefined };
  /** Index in its block of the extrinsic that caused it; `null` where none did. */
  extrinsic: number | null;
  /** Its own index among the block's events. */
  index: number;
}

/** One of the tick-stream pallet's events, with the types generated from its metadata. */
export type TickStreamChainEvent = Pick<ChainEvent, "extrinsic" | "index"> & {
  pallet: "TickStream";
} & chain.TickStreamEvent;

/** The tick-stream pallet's among some events. */
export function tickStreamEvents(events: readonly ChainEvent[]): TickStreamChainEvent[] {
  // The chain's pallet has the fingerprint that the types were generated with: that was checked at connect.
  return events.filter((event) => event.pallet === "TickStream") as unknown as TickStreamChainEvent[];
}

/** The data of the first event of this name, or `null`. */
export function findEvent<Name extends chain.TickStreamEventName>(
  events: readonly ChainEvent[],
  name: Name,
): chain.TickStreamEvents[Name] | null {
  const found = events.find((event) => event.pallet === "TickStream" && event.name === name);
  return found === undefined ? null : (found.data as unknown as chain.TickStreamEvents[Name]);
}
