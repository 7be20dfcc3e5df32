// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  channelIdOf,
  encodeCommitment,
  HashChain,
  hexToBytes,
  planck,
  sessionProofMessage,
  streamId,
  type ChannelId,
  type Commitment,
  type Hex,
  type SessionKey,
} from "@tickstream/contracts-types";
import { GENESIS, OPERATOR } from "./chain-double.ts";

export const STREAM = streamId(7n);

/** A commitment with all that its payer knows. */
export interface Payer {
  commitment: Commitment;
  signature: Uint8Array;
  channel: ChannelId;
  chain: HashChain;
  /** A `tick` up to `n` for these epochs. */
  tick(n: number, epochs: number[]): { n: number; preimage: Uint8Array; epochs: number[] };
  /** What a `resume` needs. */
  resume(
    n: number,
    nonce: Uint8Array,
  ): { channel: ChannelId; n: number; preimage: Uint8Array; signature: Uint8Array; nonce: Uint8Array };
}

/** A device with a session key. */
export class TestViewer {
  readonly #key: KeyObject;
  readonly sessionKey: SessionKey;
  readonly tab: bigint;
  readonly #genesisHash: Uint8Array;
  #nonce = 0;

  constructor(
    tab = 5n,
    key: KeyObject = generateKeyPairSync("ed25519").privateKey,
    genesisHash: Hex = GENESIS,
  ) {
    this.#genesisHash = hexToBytes(genesisHash, 32);
    this.#key = key;
    this.tab = tab;
    const spki = createPublicKey(key).export({ format: "der", type: "spki" });
    this.sessionKey = { type: "ed25519", publicKey: new Uint8Array(spki.subarray(-32)) };
  }

  /** The same device with another tab. */
  withTab(tab: bigint, genesisHash: Hex = GENESIS): TestViewer {
    return new TestViewer(tab, this.#key, genesisHash);
  }

  sign(message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, message, this.#key));
  }

  commit(changes: Partial<Commitment> = {}): Payer {
    const maxTicks = changes.maxTicks ?? 600;
    const chain = HashChain.create(randomBytes(32), maxTicks);
    const commitment: Commitment = {
      tab: this.tab,
      nonce: this.#nonce++,
      openBy: 1_030,
      stream: STREAM,
      terms: 1,
      rate: planck(10n),
      operator: OPERATOR,
      openFee: planck(50n),
      anchor: chain.anchor,
      maxTicks,
      expiresAt: 20_000,
      ...changes,
    };
    const genesisHash = this.#genesisHash;
    const encoded = encodeCommitment(genesisHash, commitment);
    const channel = channelIdOf(encoded);
    return {
      commitment,
      signature: this.sign(encoded),
      channel,
      chain,
      tick: (n, epochs) => ({ n, preimage: chain.preimage(n), epochs }),
      resume: (n, nonce) => {
        const message = sessionProofMessage({ genesisHash, operator: commitment.operator, channel, nonce });
        return { channel, n, preimage: chain.preimage(n), signature: this.sign(message), nonce };
      },
    };
  }
}
