// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { bytes, text } from "../fields.ts";
import { joinCredential, peerRole } from "../signal/peer-messages.ts";
import { apiStreamId } from "./streams.ts";

/**
 * `POST /api/signal/join`: asks the node whether somebody may join a stream's room; for signaling servers that run beside it.
 * 204 says yes; 401 `credential-missing`, `credential-invalid`, 404 `stream-unknown` and 503 `unavailable` say no.
 */
export const signalJoinRequest = z.strictObject({
  stream: apiStreamId,
  role: peerRole,
  credential: z.optional(joinCredential),
  /** Of the peer's socket, and what it calls the server: what a wallet's proof signs. */
  nonce: bytes(32),
  host: text(512),
});

export type SignalJoinRequest = z.output<typeof signalJoinRequest>;
