// SPDX-License-Identifier: Apache-2.0
import type { ChannelId, DispatchFailure } from "@tickstream/contracts-types";
import { tickStreamEvents, type ChainEvent } from "../events/chain-event.ts";

/** One item of a batch that was refused; the others stand. */
export interface BatchFailure {
  /** Its place in the batch. */
  index: number;
  channel: ChannelId;
  /** Why, in the pallet's own words. */
  failure: DispatchFailure;
}

/** The items of a batch that were refused. */
export function batchFailures(events: readonly ChainEvent[]): BatchFailure[] {
  return tickStreamEvents(events).flatMap((event) => {
    if (event.name !== "ItemFailed") return [];
    const { index, channel, error } = event.data;
    return [{ index, channel, failure: error }];
  });
}
