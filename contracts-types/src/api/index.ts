// SPDX-License-Identifier: Apache-2.0
export * from "./api-error.ts";
export * from "./auth.ts";
export * from "./categories.ts";
export * from "./codec.ts";
export { MAX_DESCRIPTION_LENGTH, MAX_TAG_LENGTH, MAX_TAGS, MAX_TITLE_LENGTH } from "./description.ts";
export * from "./earnings.ts";
export * from "./follows.ts";
export * from "./ice-servers.ts";
export * from "./login-mark.ts";
export * from "./node.ts";
export { MAX_PAGE } from "./page.ts";
export * from "./price.ts";
export * from "./signal-join.ts";
export * from "./source-check.ts";
export * from "./streams.ts";
export * from "./tips.ts";
