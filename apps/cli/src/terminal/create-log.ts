// SPDX-License-Identifier: Apache-2.0
import { type LevelWithSilent, type Logger, pino } from "pino";
import pretty from "pino-pretty";

/** A log for people, on stderr: stdout is the command's own. Written at once, so that the last line before an end isn't lost. */
export function createLog(level: LevelWithSilent): Logger {
  return pino(
    { level, base: null },
    pretty({
      destination: 2,
      sync: true,
      translateTime: "SYS:HH:MM:ss.l",
      ignore: "pid,hostname",
      singleLine: true,
    }),
  );
}
