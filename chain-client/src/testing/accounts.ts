// SPDX-License-Identifier: Apache-2.0
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { accountId, type AccountId, type SessionKey } from "@tickstream/contracts-types";

await cryptoWaitReady();

/** A development account that the chain's genesis gives funds: Alice, Bob, Charlie, Dave, Eve, Ferdie. Others have none. */
export function account(name: string): KeyringPair & { id: AccountId } {
  const pair = new Keyring({ type: "sr25519" }).addFromUri(`//${name}`);
  return Object.assign(pair, { id: accountId(pair.publicKey) });
}

/** A session key and its signature. */
export function session(
  type: SessionKey["type"],
  name: string,
): SessionKey & { sign(message: Uint8Array): Uint8Array } {
  const pair = new Keyring({ type }).addFromUri(`//session//${name}`);
  return { type, publicKey: pair.publicKey, sign: (message) => pair.sign(message) };
}
