// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { bytes, channel, commitment, epoch, stream, u32 } from "../fields.ts";
import { MAX_PREVIEW_EPOCHS, MAX_TICK_EPOCHS } from "./limits.ts";

/** Asks for a stream's `terms`, and for `keys` of preview epochs. */
export const watchMessage = z.strictObject({
  type: z.literal("watch"),
  stream,
  preview: z.array(epoch).check(z.maxLength(MAX_PREVIEW_EPOCHS)),
});

/** Offers a new commitment; the node opens the channel on chain. One that it knows already must be resumed. */
export const openMessage = z.strictObject({
  type: z.literal("open"),
  commitment,
  /** The session key's, over the encoded commitment. */
  signature: bytes(64),
});

/** Takes a channel up on this socket, after a disconnect, a restart or a reload. */
export const resumeMessage = z.strictObject({
  type: z.literal("resume"),
  channel,
  /** The viewer's own count of paid ticks, and its proof (the anchor where it is 0). */
  n: u32,
  preimage: bytes(32),
  /** The session key's, over `sessionProofMessage` with the nonce of this socket's `terms`. */
  signature: bytes(64),
});

/** Pays up to tick `n`, and names the epochs it wants keys of: new ones, or some bought before. */
export const tickMessage = z.strictObject({
  type: z.literal("tick"),
  channel,
  n: u32,
  preimage: bytes(32),
  epochs: z.array(epoch).check(z.maxLength(MAX_TICK_EPOCHS)),
});

/** Stops for now; the channel stays open. */
export const pauseMessage = z.strictObject({ type: z.literal("pause"), channel });

/** Stops for good; the node settles and closes the channel when it suits. */
export const leaveMessage = z.strictObject({ type: z.literal("leave"), channel });

/** Everything a viewer sends. */
export const viewerMessage = z.discriminatedUnion("type", [
  watchMessage,
  openMessage,
  resumeMessage,
  tickMessage,
  pauseMessage,
  leaveMessage,
]);

export type WatchMessage = z.output<typeof watchMessage>;
export type OpenMessage = z.output<typeof openMessage>;
export type ResumeMessage = z.output<typeof resumeMessage>;
export type TickMessage = z.output<typeof tickMessage>;
export type PauseMessage = z.output<typeof pauseMessage>;
export type LeaveMessage = z.output<typeof leaveMessage>;
export type ViewerMessage = z.output<typeof viewerMessage>;
