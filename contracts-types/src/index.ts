// SPDX-License-Identifier: Apache-2.0
export * from "./api/index.ts";
export * from "./amounts.ts";
export * from "./close-codes.ts";
export * from "./commitment.ts";
export * from "./dispatch-failure.ts";
export * from "./errors.ts";
export { WireMessageError, type Frame } from "./frame.ts";
/** What the chain's pallet takes, stores and says, as its metadata has it. */
export * as chain from "./generated/index.ts";
export * from "./hash-chain.ts";
export * from "./hex.ts";
export * from "./ids.ts";
export * from "./media-key.ts";
export * from "./proofs.ts";
export * from "./receipt.ts";
export { ScaleError } from "./scale.ts";
export * from "./split.ts";
export * from "./media-url.ts";
export * from "./playlist.ts";
export * from "./signal/index.ts";
export * from "./wire/index.ts";
