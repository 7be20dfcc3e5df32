// SPDX-License-Identifier: Apache-2.0

// What Node has and browsers have not.
export { createFileStore } from "./store/file.ts";
export { createMemoryStore } from "./store/memory.ts";
