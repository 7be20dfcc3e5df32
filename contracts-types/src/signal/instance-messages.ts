// SPDX-License-Identifier: Apache-2.0

// What instances of one signaling server tell each other, through whatever they share rooms by.

import * as z from "zod/mini";
import { apiStreamId } from "../api/streams.ts";
import { u32 } from "../fields.ts";
import { instance, peer } from "./fields.ts";
import { MAX_LISTED_PEERS } from "./limits.ts";
import { listedPeer, relayedMessage, signalErrorMessage } from "./server-messages.ts";

/** What an instance has in a room. */
export const roomShareMessage = z.strictObject({
  type: z.literal("share"),
  instance,
  viewers: u32,
  /** Whether a node of this instance has the stream on air. */
  live: z.boolean(),
  peers: z.array(listedPeer).check(z.maxLength(MAX_LISTED_PEERS)),
});

/** Everything instances tell each other. */
export const instanceMessage = z.discriminatedUnion("type", [
  roomShareMessage,
  /** It has nobody in the room any more. */
  z.strictObject({ type: z.literal("left"), instance }),
  /** A node there has closed the room. */
  z.strictObject({ type: z.literal("closed"), instance }),
  /** For one of the receiver's peers. */
  z.strictObject({
    type: z.literal("delivery"),
    stream: apiStreamId,
    to: peer,
    message: z.union([relayedMessage, signalErrorMessage]),
  }),
]);

export type RoomShareMessage = z.output<typeof roomShareMessage>;
export type InstanceMessage = z.output<typeof instanceMessage>;
export type DeliveryMessage = Extract<InstanceMessage, { type: "delivery" }>;
