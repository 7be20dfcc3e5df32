// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { text } from "../fields.ts";
import { MAX_CANDIDATE_LENGTH, MAX_SDP_LENGTH } from "./limits.ts";

/** One running server, of several that share rooms. */
export const instance = z.string().check(z.regex(/^[0-9a-f]{16}$/));

/** A peer, as the server names it: the server instance it is connected to, and its own number there. */
export const peer = z.string().check(z.regex(/^[0-9a-f]{16}-[0-9a-f]{16}$/));

/**
 * One WebRTC connection, as its offerer names it: random (a UUID, say). The same name in a later offer means the same
 * connection, restarted, whatever socket it comes from.
 */
export const connection = z.string().check(z.regex(/^[A-Za-z0-9_-]{16,64}$/));

/** A session description, RFC 8866. */
export const sdp = text(MAX_SDP_LENGTH).check(z.minLength(1));

/** As `RTCIceCandidate.candidate` has it; empty says that there are no more. */
export const candidate = text(MAX_CANDIDATE_LENGTH);

/** The media section a candidate belongs to (`sdpMid`). */
export const mid = text(32);

/** `RTCPeerConnection.connectionState`. */
export const connectionState = z.enum(["new", "connecting", "connected", "disconnected", "failed", "closed"]);
