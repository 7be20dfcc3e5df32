// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { text, time } from "../fields.ts";
import { address } from "./streams.ts";

/** `POST /api/auth/challenge` */
export const challengeRequest = z.strictObject({ address });

/** A text for the wallet to sign with `signRaw`; good once, until it expires. */
export const challengeResponse = z.object({ challenge: text(1_024), expiresAt: time });

/** A challenge, and that the account's wallet signed it: either itself, or in the registration of a stream. */
export const loginRequest = z.union([
  z.strictObject({
    address,
    challenge: text(1_024),
    /** Of the challenge, plain or wrapped in `<Bytes>` as wallets do: 64 bytes (sr25519, ed25519), 65 (ecdsa), or those behind a byte that names the kind. */
    signature: z.string().check(z.maxLength(134), z.regex(/^0x(?:[0-9a-fA-F]{2}){64,66}$/)),
  }),
  z.strictObject({
    address,
    challenge: text(1_024),
    /** A stream on the finalized chain that the account registered with the challenge's `loginMark` in its metadata. */
    chainStream: z.string().check(z.regex(/^(0|[1-9][0-9]{0,19})$/)),
  }),
]);

/** A token for the `Authorization: Bearer` header. */
export const loginResponse = z.object({ token: text(1_024), expiresAt: time });

export type ChallengeRequest = z.output<typeof challengeRequest>;
export type ChallengeResponse = z.output<typeof challengeResponse>;
export type LoginRequest = z.output<typeof loginRequest>;
export type LoginResponse = z.output<typeof loginResponse>;
