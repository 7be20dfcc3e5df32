// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { apiStreamId } from "../api/streams.ts";
import { bytes, text, u32 } from "../fields.ts";
import { candidate, connection, connectionState, mid, peer, sdp } from "./fields.ts";
import { MAX_LISTED_PEERS } from "./limits.ts";
import { memberRole, peerRole } from "./peer-messages.ts";

/** Why a request was refused. */
export const SIGNAL_ERROR_CODES = [
  // joining
  "stream-unknown",
  "credential-missing",
  "credential-invalid",
  "already-joined",
  "room-full",
  "too-many-rooms",
  // talking
  "not-joined",
  "peer-unknown",
  "node-absent",
  "offer-refused",
  // the server
  "rate-limited",
  "unavailable",
] as const;

/** One of {@link SIGNAL_ERROR_CODES}. */
export type SignalErrorCode = (typeof SIGNAL_ERROR_CODES)[number];

/** A peer one can talk to. */
export const listedPeer = z.strictObject({ peer, role: z.enum(["publisher", "node"]) });

const roomState = {
  stream: apiStreamId,
  viewers: u32,
  publishers: u32,
  /** Whether media flows, as the node that carries the stream says. */
  live: z.boolean(),
  /** The peers one can talk to: media nodes and publishers. Viewers are counted, not named. */
  peers: z.array(listedPeer).check(z.maxLength(MAX_LISTED_PEERS)),
};

/** The first message on every socket. */
export const welcomeMessage = z.strictObject({
  type: z.literal("welcome"),
  /** What others call this peer. */
  peer,
  /** Fresh for every socket: a wallet's proof is good on this one only. */
  nonce: bytes(32),
});

/** A `join-stream` was granted. */
export const joinedMessage = z.strictObject({ type: z.literal("joined"), role: peerRole, ...roomState });

/** Who is in the room, whenever that has changed; in large rooms less often. */
export const presenceMessage = z.strictObject({ type: z.literal("presence"), ...roomState });

const relayed = {
  stream: apiStreamId,
  from: peer,
  /** The sender's, as the server knows it. */
  role: memberRole,
  connection,
};
const relayedOffer = z.strictObject({ type: z.literal("offer"), ...relayed, sdp });
const relayedAnswer = z.strictObject({ type: z.literal("answer"), ...relayed, sdp });
const relayedCandidate = z.strictObject({ type: z.literal("ice-candidate"), ...relayed, candidate, mid });
const relayedState = z.strictObject({
  type: z.literal("connection-state"),
  ...relayed,
  state: connectionState,
  /** Why, where a media node closes. */
  reason: z.optional(text(512)),
});

/** A request was refused; the socket stays. */
export const signalErrorMessage = z.strictObject({
  type: z.literal("error"),
  code: z.enum(SIGNAL_ERROR_CODES),
  /** A sentence for people. */
  message: text(512),
  stream: z.optional(apiStreamId),
  connection: z.optional(connection),
  /** What exactly a media node refuses an offer for, as the code of its error. */
  reason: z.optional(text(64)),
});

/** The room (or with no `stream` named the whole server) closes; whoever was in it is out. */
export const roomClosingMessage = z.strictObject({
  type: z.literal("closing"),
  code: z.enum(["stream-ended", "draining"]),
  message: text(512),
  stream: z.optional(apiStreamId),
});

/** What came from another peer: as it was sent, with `from` and `role` for `to`. */
export const relayedMessage = z.discriminatedUnion("type", [
  relayedOffer,
  relayedAnswer,
  relayedCandidate,
  relayedState,
]);

/** Everything a signaling server sends. */
export const serverMessage = z.discriminatedUnion("type", [
  welcomeMessage,
  joinedMessage,
  presenceMessage,
  relayedOffer,
  relayedAnswer,
  relayedCandidate,
  relayedState,
  signalErrorMessage,
  roomClosingMessage,
]);

export type WelcomeMessage = z.output<typeof welcomeMessage>;
export type JoinedMessage = z.output<typeof joinedMessage>;
export type PresenceMessage = z.output<typeof presenceMessage>;
export type RelayedMessage = z.output<typeof relayedMessage>;
export type SignalErrorMessage = z.output<typeof signalErrorMessage>;
export type ServerMessage = z.output<typeof serverMessage>;
