// SPDX-License-Identifier: Apache-2.0
import { createHmac } from "node:crypto";

/** What a TURN server takes for a while. */
export interface TurnCredentials {
  username: string;
  credential: string;
  expiresAt: Date;
}

/**
 * Credentials that a TURN server which shares the secret accepts until they expire, without asking anybody
 * (draft-uberti-behave-turn-rest-00 section 2.2; coturn: `use-auth-secret`, `static-auth-secret`).
 *
 * @param user tells sessions apart in the TURN server's log and quotas; no colon
 * @example turnCredentials({ secret, ttlSeconds: 3_600 }); // { username: "1793456789:tickstream", … }
 */
export function turnCredentials(options: {
  secret: string;
  ttlSeconds: number;
  user?: string;
  /** Milliseconds since 1970. */
  now?: number;
}): TurnCredentials {
  const { secret, ttlSeconds, user = "tickstream", now = Date.now() } = options;
  const expires = Math.floor(now / 1_000) + ttlSeconds;
  const username = `${expires}:${user}`;
  // SHA-1 is what the scheme says; as an HMAC it is sound.
  const credential = createHmac("sha1", secret).update(username).digest("base64");
  return { username, credential, expiresAt: new Date(expires * 1_000) };
}
