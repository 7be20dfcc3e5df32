// SPDX-License-Identifier: Apache-2.0
export * from "./codec.ts";
export * from "./limits.ts";
export * from "./node-messages.ts";
export * from "./viewer-messages.ts";
