// SPDX-License-Identifier: Apache-2.0
export * from "./api-error.ts";
export * from "./auth.ts";
export * from "./codec.ts";
export * from "./node.ts";
export * from "./streams.ts";
