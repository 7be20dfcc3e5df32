// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.
export * from "./calls.ts";
export * from "./constants.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./fingerprint.ts";
export * from "./storage.ts";
export * from "./types.ts";
