// SPDX-License-Identifier: Apache-2.0
export { DevchainError } from "./errors.ts";
export type { DevchainErrorCode } from "./errors.ts";
export type { LogEntry, LogLevel } from "./log.ts";
export { startDevchain } from "./start-devchain.ts";
export type { Devchain, DevchainOptions } from "./start-devchain.ts";
export { spawnDevchain } from "./spawn-devchain.ts";
