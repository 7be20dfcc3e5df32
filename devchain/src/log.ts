// SPDX-License-Identifier: Apache-2.0

export type LogLevel = "info" | "warn" | "error";

export interface LogEntry {
  readonly level: LogLevel;
  readonly msg: string;
}

export type Log = (level: LogLevel, msg: string) => void;
