// SPDX-License-Identifier: Apache-2.0
import type { KeyringPair } from "@polkadot/keyring/types";
import type { Call, Extrinsic, ExtrinsicEra, SignerPayload } from "@polkadot/types/interfaces";
import type { Registry, SignerPayloadJSON } from "@polkadot/types/types";
import { TickstreamError, type Hex } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { withTimeout } from "../client/timeout.ts";
import { SigningError } from "../errors.ts";

/**
 * What a wallet extension offers for an account: https://github.com/polkadot-js/extension, `InjectedSigner`. Its `signRaw`
 * is no way to sign a transaction: wallets wrap what they sign by it, and leave out the signature's type.
 */
export interface WalletSigner {
  /** The signature begins with its type: 0 ed25519, 1 sr25519, 2 ecdsa. */
  signPayload?: (payload: SignerPayloadJSON) => Promise<{ signature: Hex }>;
}

/** Who signs a transaction: a key at hand, or an account of a wallet extension. */
export type TransactionSigner = KeyringPair | { address: string; signer: WalletSigner };

/** A transaction as it goes to the chain. */
export interface SignedTransaction {
  bytes: Hex;
  /** BLAKE2b-256 of the bytes. */
  hash: Hex;
  /** The last block that may hold it; `null` for one that never expires. */
  validUntil: number | null;
}

/** Extrinsic format 4: what every wallet and chain of today knows. */
export const EXTRINSIC_VERSION = 4;

/** A person looks at what they sign, and maybe at other requests before; for this long. */
const WALLET_TIMEOUT_MS = 600_000;

/**
 * Signs a call for one nonce and a bounded time.
 *
 * @param params.from the block that its validity counts from
 * @param params.period for how many blocks it is valid: a power of two, 4 to 65,536
 * @throws SigningError where the wallet does not sign
 */
export async function signTransaction(
  client: ChainClient,
  call: Call,
  signer: TransactionSigner,
  params: { nonce: number; from: { number: number; hash: Hex }; period: number },
): Promise<SignedTransaction> {
  const { nonce, from, period } = params;
  const { registry, version } = client.internals.runtime;
  const era = registry.createTypeUnsafe<ExtrinsicEra>("ExtrinsicEra", [{ current: from.number, period }]);
  const extrinsic = extrinsicOf(registry, call);
  const options = {
    blockHash: from.hash,
    era,
    genesisHash: client.genesisHash,
    nonce,
    runtimeVersion: version,
    signedExtensions: registry.signedExtensions,
    tip: 0,
    version: EXTRINSIC_VERSION,
  };
  if ("signer" in signer) {
    const payload = registry.createTypeUnsafe<SignerPayload>("SignerPayload", [
      {
        ...options,
        address: signer.address,
        blockNumber: from.number,
        method: call,
        // The wallet signs what it was given and may not alter it.
        withSignedTransaction: false,
      },
    ]);
    const signature = await signByWallet(signer.signer, payload);
    extrinsic.addSignature(signer.address, signature, payload.toPayload());
  } else {
    extrinsic.sign(signer, options);
  }
  // The last block is the one before the era's death.
  const validUntil = era.asMortalEra.death(from.number) - 1;
  return { bytes: extrinsic.toHex(), hash: extrinsic.hash.toHex(), validUntil };
}

/** A call as an unsigned transaction. */
export function unsignedTransaction(client: ChainClient, call: Call): SignedTransaction {
  const extrinsic = extrinsicOf(client.internals.runtime.registry, call);
  return { bytes: extrinsic.toHex(), hash: extrinsic.hash.toHex(), validUntil: null };
}

function extrinsicOf(registry: Registry, call: Call): Extrinsic {
  return registry.createTypeUnsafe<Extrinsic>("Extrinsic", [call, { version: EXTRINSIC_VERSION }]);
}

async function signByWallet(wallet: WalletSigner, payload: SignerPayload): Promise<Hex> {
  const { signPayload } = wallet;
  if (signPayload === undefined) throw new SigningError("the wallet can't sign transactions");
  try {
    const { signature } = await withTimeout(
      signPayload.call(wallet, payload.toPayload()),
      WALLET_TIMEOUT_MS,
      () => new SigningError("nobody answered the wallet's question"),
    );
    return signature;
  } catch (error) {
    // An error of ours says already what went wrong, and in the wallet's terms.
    if (error instanceof TickstreamError) throw error;
    throw new SigningError(error instanceof Error ? error.message : String(error), error);
  }
}
