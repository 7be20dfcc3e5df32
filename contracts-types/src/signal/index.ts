// SPDX-License-Identifier: Apache-2.0
export * from "./codec.ts";
export * from "./instance-messages.ts";
export * from "./join-proof.ts";
export * from "./limits.ts";
export * from "./peer-messages.ts";
export * from "./server-messages.ts";
