// SPDX-License-Identifier: Apache-2.0

/** Something the person at the terminal can mend: shown as one line, without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  /** The process's exit code. */
  readonly exitCode: number;
  constructor(message: string, options?: { cause?: unknown; exitCode?: number }) {
    super(message, options);
    this.exitCode = options?.exitCode ?? 1;
  }
}

/** What went wrong, in one line. */
export function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const short =
    "shortMessage" in error && typeof error.shortMessage === "string" ? error.shortMessage : error.message;
  return short.split("\n", 1)[0] || error.name;
}

/** The code of an error (`EACCES` of the system, `genesis-mismatch` of ours), if it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
