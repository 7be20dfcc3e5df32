// SPDX-License-Identifier: Apache-2.0
// What the executor's thread is told and answers.
import type { Hex } from "../codec/hex.ts";
import type { StorageChange } from "./state.ts";

export type RuntimeCall = readonly [method: string, ...parameters: Hex[]];

export type ExecutorRequest =
  | { readonly kind: "load"; readonly hash: string; readonly entries: (readonly [Hex, Hex])[] }
  | { readonly kind: "apply"; readonly hash: string; readonly changes: StorageChange[] }
  | {
      readonly kind: "run";
      readonly id: number;
      readonly at: string;
      readonly overlay: StorageChange[];
      readonly calls: RuntimeCall[];
    }
  | {
      readonly kind: "root";
      readonly id: number;
      readonly entries: (readonly [Hex, Hex])[];
      readonly version: number;
    }
  | { readonly kind: "proof"; readonly id: number; readonly entries: (readonly [Hex, Hex])[] };

export interface RunResult {
  /** What the last call returned. */
  readonly result: Hex;
  /** What all calls together changed, the overlay not included. */
  readonly changes: StorageChange[];
}

export interface ProofResult {
  readonly root: Hex;
  readonly nodes: Hex[];
}

export type ExecutorReply =
  | { readonly id: number; readonly ok: true; readonly value: RunResult | ProofResult | Hex }
  | { readonly id: number; readonly ok: false; readonly message: string };
