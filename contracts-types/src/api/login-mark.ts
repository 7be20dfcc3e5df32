// SPDX-License-Identifier: Apache-2.0
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { bytesToHex } from "../hex.ts";

/**
 * What a stream's metadata on the chain carries, so that the one signature that registers the stream is the login as
 * well: who signed for it knew the challenge, which only they and the node that made it know.
 */
export function loginMark(challenge: string): string {
  return `tickstream-login/1:${bytesToHex(sha256(utf8ToBytes(challenge)))}`;
}
