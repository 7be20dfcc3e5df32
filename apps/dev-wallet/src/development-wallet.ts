// SPDX-License-Identifier: Apache-2.0
import type { Injected, MetadataDef } from "@polkadot/extension-inject/types";
import { Keyring } from "@polkadot/keyring";
import { TypeRegistry } from "@polkadot/types";
import type { SignerPayloadJSON, SignerPayloadRaw, SignerResult } from "@polkadot/types/types";
import { u8aToHex, u8aWrapBytes } from "@polkadot/util";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { confirmInDialog } from "./confirm-dialog.ts";
import { describeMessage, describeTransaction } from "./describe-request.ts";
import { registryOf } from "./known-chain.ts";

/** The accounts that every development chain gives money to. Their keys are public: they guard nothing. */
const NAMES = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];

/** The wallet as an extension's `enable` answers it: accounts that can be seen, and a signer that asks each time. */
export async function createDevelopmentWallet(origin: string): Promise<Injected> {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: "sr25519" });
  const accounts = NAMES.map((name) => {
    const { address, type } = keyring.addFromUri(`//${name}`, { name: `${name} (development)` });
    return { address, name: `${name} (development)`, type };
  });
  /** What pages told of their chains, by genesis hash: play money needs no second look at it. */
  const chains = new Map<string, MetadataDef>();
  let lastId = 0;

  const nameOf = (address: string) => {
    const pair = keyring.getPair(address);
    return { pair, account: `${String(pair.meta["name"])} · ${pair.address}` };
  };

  return {
    accounts: {
      get: async () => accounts,
      subscribe: (listener) => {
        void listener(accounts);
        // The list never changes.
        return () => undefined;
      },
    },
    metadata: {
      get: async () =>
        Array.from(chains.values(), ({ genesisHash, specVersion }) => ({ genesisHash, specVersion })),
      async provide(definition) {
        chains.set(definition.genesisHash, definition);
        return true;
      },
    },
    signer: {
      async signPayload(payload: SignerPayloadJSON): Promise<SignerResult> {
        const { pair, account } = nameOf(payload.address);
        const chain = chains.get(payload.genesisHash);
        await confirmInDialog({ origin, account, ...describeTransaction(payload, chain) });
        const registry = chain ? registryOf(chain) : new TypeRegistry();
        registry.setSignedExtensions(payload.signedExtensions, chain?.userExtensions);
        const extrinsic = registry.createType("ExtrinsicPayload", payload, { version: payload.version });
        return { id: ++lastId, signature: extrinsic.sign(pair).signature };
      },
      async signRaw(raw: SignerPayloadRaw): Promise<SignerResult> {
        const { pair, account } = nameOf(raw.address);
        await confirmInDialog({ origin, account, ...describeMessage(raw.data) });
        // Wrapped as every wallet does, so that a message can never be a transaction.
        return { id: ++lastId, signature: u8aToHex(pair.sign(u8aWrapBytes(raw.data))) };
      },
    },
  };
}
