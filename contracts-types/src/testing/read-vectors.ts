// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import type { Hex } from "../hex.ts";

/** The shared test vectors that the Rust tests read as well: see scripts/generate-vectors.ts. */
export interface Vectors {
  "hash-chains": {
    cases: { seed: Hex; maxTicks: number; anchor: Hex; preimages: { n: number; preimage: Hex }[] }[];
  };
  commitments: {
    cases: {
      genesisHash: Hex;
      commitment: {
        tab: string;
        nonce: number;
        openBy: number;
        stream: string;
        terms: number;
        rate: string;
        operator: Hex;
        openFee: string;
        anchor: Hex;
        maxTicks: number;
        expiresAt: number;
      };
      encoded: Hex;
      channelId: Hex;
      sessionKey: { type: "ed25519" | "sr25519"; publicKey: Hex; secretSeed: Hex };
      signature: Hex;
      session: { nonce: Hex; message: Hex; signature: Hex };
      close: { message: Hex; signature: Hex };
    }[];
  };
  splits: {
    cases: {
      rate: string;
      operatorShare: number;
      payees: number[];
      from: number;
      to: number;
      total: string;
      operator: string;
      payeeAmounts: string[];
    }[];
  };
  receipts: {
    /** `receipt` in the form of its JSON. */
    cases: { name: string; receipt: object; faults: string[] }[];
  };
  "media-keys": {
    cases: {
      streamSecret: Hex;
      genesisHash: Hex;
      stream: string;
      epoch: string;
      key: Hex;
      keyHash: Hex;
    }[];
    ciphers: {
      key: Hex;
      rendition: number;
      run: number;
      block: string;
      plaintext: Hex;
      ciphertext: Hex;
    }[];
  };
}

/** One file of tests/vectors/. */
export function readVectors<Name extends keyof Vectors>(name: Name): Vectors[Name] {
  const url = new URL(`../../../tests/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")) as Vectors[Name];
}
