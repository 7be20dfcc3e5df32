// SPDX-License-Identifier: Apache-2.0
// Transactions by @polkadot/api itself, for what a test has to do to the chain without our clients.
import type { ApiPromise } from "@polkadot/api";
import type { SubmittableExtrinsic } from "@polkadot/api/types";
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { waitReady } from "@polkadot/wasm-crypto";
import { auditedEvent, type ChainEvent } from "./audit-events.ts";

/** A development account, by a URI such as `//Alice` or `//Viewer/7`. */
export async function account(uri: string): Promise<KeyringPair> {
  await waitReady();
  return new Keyring({ type: "sr25519" }).addFromUri(uri);
}

/** An account's 32 bytes in hexadecimal. */
export function accountHex(pair: KeyringPair): `0x${string}` {
  return `0x${Buffer.from(pair.publicKey).toString("hex")}`;
}

/** The next nonce of each account, by connection: many transactions may be under way at once. */
const nonces = new WeakMap<ApiPromise, Map<string, Promise<number>>>();

function takeNonce(api: ApiPromise, address: string): Promise<number> {
  const taken = nonces.get(api) ?? new Map<string, Promise<number>>();
  nonces.set(api, taken);
  const last = taken.get(address);
  const next = (async () => {
    const used = last === undefined ? -1 : await last;
    return Math.max(used + 1, (await api.rpc.system.accountNextIndex(address)).toNumber());
  })();
  taken.set(address, next);
  return next;
}

/**
 * Sends a transaction and waits until it is final.
 *
 * @returns the events of the transaction
 * @throws where the chain refuses it or its call fails
 */
export async function sendFinal(
  api: ApiPromise,
  transaction: SubmittableExtrinsic<"promise">,
  signer: KeyringPair,
  timeoutMs = 60_000,
): Promise<ChainEvent[]> {
  const nonce = await takeNonce(api, signer.address);
  let stop: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ChainEvent[]>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("the transaction was not final in time")), timeoutMs);
      transaction
        .signAndSend(signer, { nonce }, (result) => {
          if (result.isError) reject(new Error(`the transaction is ${result.status.type}`));
          if (!result.isFinalized) return;
          if (result.dispatchError === undefined) return resolve(result.events.map(auditedEvent));
          const { dispatchError } = result;
          const error = dispatchError.isModule
            ? api.registry.findMetaError(dispatchError.asModule).name
            : dispatchError.toString();
          reject(new Error(error));
        })
        .then((unsubscribe) => (stop = unsubscribe))
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
    stop?.();
  }
}
