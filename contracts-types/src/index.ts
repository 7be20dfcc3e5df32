// SPDX-License-Identifier: Apache-2.0
export * from "./api/index.ts";
export * from "./amounts.ts";
export * from "./commitment.ts";
export * from "./errors.ts";
export * from "./hash-chain.ts";
export * from "./hex.ts";
export * from "./ids.ts";
export * from "./media-key.ts";
export * from "./proofs.ts";
export { ScaleError } from "./scale.ts";
export * from "./split.ts";
export * from "./media-url.ts";
export * from "./playlist.ts";
export * from "./wire/index.ts";
