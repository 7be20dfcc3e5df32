// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { turnCredentials } from "./turn-credentials.ts";

test("the credential is the HMAC-SHA-1 of expiry and user, as OpenSSL makes it", () => {
  // printf %s '1700003600:alice' | openssl dgst -sha1 -hmac 'north wind' -binary | base64
  expect(
    turnCredentials({ secret: "north wind", ttlSeconds: 3_600, user: "alice", now: 1_700_000_000_999 }),
  ).toEqual({
    username: "1700003600:alice",
    credential: "6GJqgZJb8jO3w69jfrRqnfTbTKU=",
    expiresAt: new Date(1_700_003_600_000),
  });
});
