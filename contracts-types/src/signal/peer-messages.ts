// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { address, apiStreamId } from "../api/streams.ts";
import { text } from "../fields.ts";
import { candidate, connection, connectionState, mid, peer, sdp } from "./fields.ts";

/** What a peer may join as. */
export const peerRole = z.enum(["publisher", "viewer"]);

/** Who may be in a room: a media node that carries the stream is there by itself. */
export const memberRole = z.enum(["publisher", "viewer", "node"]);

/** How a peer shows who it is. */
export const joinCredential = z.discriminatedUnion("kind", [
  /** The secret that encoders have; it says that its bearer may publish. */
  z.strictObject({ kind: z.literal("stream-key"), key: text(128) }),
  /** A token of `POST /api/auth/login`. */
  z.strictObject({ kind: z.literal("login"), token: text(1_024) }),
  /** A wallet's, over `joinProofText` with the nonce of this socket's `welcome`; plain or wrapped in `<Bytes>`. */
  z.strictObject({
    kind: z.literal("wallet"),
    address,
    signature: z.string().check(z.maxLength(134), z.regex(/^0x(?:[0-9a-fA-F]{2}){64,66}$/)),
  }),
]);

/** Enters a stream's room. Publishers need a credential, and so do viewers of paid streams. */
export const joinStreamMessage = z.strictObject({
  type: z.literal("join-stream"),
  stream: apiStreamId,
  role: peerRole,
  credential: z.optional(joinCredential),
});

/** Leaves a room; connections that were made through it stay. */
export const leaveStreamMessage = z.strictObject({ type: z.literal("leave-stream"), stream: apiStreamId });

/** Offers a connection, or restarts one. Without `to` it is for the media node that carries the stream. */
export const offerMessage = z.strictObject({
  type: z.literal("offer"),
  stream: apiStreamId,
  to: z.optional(peer),
  connection,
  sdp,
});

export const answerMessage = z.strictObject({
  type: z.literal("answer"),
  stream: apiStreamId,
  to: peer,
  connection,
  sdp,
});

export const iceCandidateMessage = z.strictObject({
  type: z.literal("ice-candidate"),
  stream: apiStreamId,
  to: z.optional(peer),
  connection,
  candidate,
  mid,
});

/** How a connection fares, as its sender sees it; `closed` ends it. */
export const connectionStateMessage = z.strictObject({
  type: z.literal("connection-state"),
  stream: apiStreamId,
  to: z.optional(peer),
  connection,
  state: connectionState,
});

/** Everything a peer sends. */
export const peerMessage = z.discriminatedUnion("type", [
  joinStreamMessage,
  leaveStreamMessage,
  offerMessage,
  answerMessage,
  iceCandidateMessage,
  connectionStateMessage,
]);

export type PeerRole = z.output<typeof peerRole>;
export type MemberRole = z.output<typeof memberRole>;
export type JoinCredential = z.output<typeof joinCredential>;
export type JoinStreamMessage = z.output<typeof joinStreamMessage>;
export type PeerMessage = z.output<typeof peerMessage>;
/** What goes from peer to peer. */
export type DirectedMessage = Exclude<PeerMessage, { type: "join-stream" | "leave-stream" }>;
