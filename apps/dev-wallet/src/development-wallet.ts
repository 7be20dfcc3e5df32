// SPDX-License-Identifier: Apache-2.0
import { Keyring } from "@polkadot/keyring";
import { TypeRegistry } from "@polkadot/types";
import type { SignerPayloadJSON, SignerPayloadRaw, SignerResult } from "@polkadot/types/types";
import { u8aToHex, u8aWrapBytes } from "@polkadot/util";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { confirmSignature } from "./confirm-dialog.ts";

/** The accounts that every development chain gives money to. Their keys are public: they guard nothing. */
const NAMES = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];

/** The wallet as an extension's `enable` answers it: accounts that can be seen, and a signer that asks each time. */
export async function createDevelopmentWallet(origin: string) {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: "sr25519" });
  const pairs = NAMES.map((name) => keyring.addFromUri(`//${name}`, { name }));
  const accounts = pairs.map((pair, index) => ({
    address: pair.address,
    name: `${NAMES[index]} (development)`,
    type: pair.type,
  }));
  let lastId = 0;

  const pairOf = (address: string) => keyring.getPair(address);
  const nameOf = (address: string) =>
    accounts.find((account) => account.address === pairOf(address).address)?.name ?? address;

  return {
    accounts: {
      get: async () => accounts,
      subscribe: (callback: (list: typeof accounts) => void) => {
        callback(accounts);
        return () => undefined; // the list never changes
      },
    },
    signer: {
      async signPayload(payload: SignerPayloadJSON): Promise<SignerResult> {
        const pair = pairOf(payload.address);
        await confirmSignature({
          origin,
          account: nameOf(payload.address),
          title: "Sign a transaction?",
          details: [
            ["Call", payload.method],
            ["Nonce", String(Number.parseInt(payload.nonce, 16))],
            ["Chain (genesis)", payload.genesisHash],
          ],
        });
        const registry = new TypeRegistry();
        registry.setSignedExtensions(payload.signedExtensions);
        const extrinsic = registry.createType("ExtrinsicPayload", payload, { version: payload.version });
        return { id: ++lastId, signature: extrinsic.sign(pair).signature };
      },
      async signRaw(raw: SignerPayloadRaw): Promise<SignerResult> {
        const pair = pairOf(raw.address);
        await confirmSignature({
          origin,
          account: nameOf(raw.address),
          title: "Sign a message?",
          details: [["Message", readable(raw.data)]],
        });
        // Wrapped as every wallet does, so that a message can never be a transaction.
        return { id: ++lastId, signature: u8aToHex(pair.sign(u8aWrapBytes(raw.data))) };
      },
    },
  };
}

function readable(data: string): string {
  if (!/^0x([0-9a-f]{2})*$/i.test(data)) return data;
  const bytes = Uint8Array.from(data.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return data;
  }
}
