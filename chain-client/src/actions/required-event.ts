// SPDX-License-Identifier: Apache-2.0
import { TickstreamError, type chain } from "@tickstream/contracts-types";
import { findEvent, type ChainEvent } from "../events/chain-event.ts";

/** A call succeeded without the event it always causes: the pallet and this client disagree. Code `event-missing`. */
export class EventMissingError extends TickstreamError {
  override readonly name = "EventMissingError";
}

/** The data of an event that a successful call always causes. */
export function requiredEvent<Name extends chain.TickStreamEventName>(
  events: readonly ChainEvent[],
  name: Name,
): chain.TickStreamEvents[Name] {
  const data = findEvent(events, name);
  if (data === null) {
    throw new EventMissingError("event-missing", "The call succeeded but did not say so.", { details: name });
  }
  return data;
}
