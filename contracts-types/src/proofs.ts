// SPDX-License-Identifier: Apache-2.0
import { concatBytes } from "@noble/hashes/utils.js";
import { hexToBytes } from "./hex.ts";
import type { AccountId, ChannelId } from "./ids.ts";
import { encodeFixedBytes, encodeShortText } from "./scale.ts";

const SESSION_DOMAIN = encodeShortText("tickstream/session/1");
const CLOSE_DOMAIN = encodeShortText("tickstream/close/1");

/**
 * What the session key signs to use a channel on one socket (`resume`). After a settlement the channel's
 * id and preimage are public, so knowing them proves nothing.
 *
 * @param params.nonce the 32 bytes of the socket's `terms`
 */
export function sessionProofMessage(params: {
  genesisHash: Uint8Array;
  operator: AccountId;
  channel: ChannelId;
  nonce: Uint8Array;
}): Uint8Array<ArrayBuffer> {
  return concatBytes(
    SESSION_DOMAIN,
    encodeFixedBytes(params.genesisHash, 32, "genesisHash"),
    hexToBytes(params.operator, 32),
    hexToBytes(params.channel, 32),
    encodeFixedBytes(params.nonce, 32, "nonce"),
  );
}

/** What the session key signs to ask the chain, without the wallet, to close a channel (`request_close`). */
export function closeMessage(params: {
  genesisHash: Uint8Array;
  channel: ChannelId;
}): Uint8Array<ArrayBuffer> {
  return concatBytes(
    CLOSE_DOMAIN,
    encodeFixedBytes(params.genesisHash, 32, "genesisHash"),
    hexToBytes(params.channel, 32),
  );
}
