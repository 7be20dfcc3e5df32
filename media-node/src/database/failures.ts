// SPDX-License-Identifier: Apache-2.0

/** Codes of a connection that fails, and SQLSTATE classes 08 (connection), 53 (resources), 57 (shutdown), 55000 (not accepting connections). */
const OUTAGE =
  /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|53...|57...|55000|3D000)$/;

/**
 * Whether an error says that the database is out of reach for now (rather than that we asked nonsense):
 * then the same request can simply be made again.
 */
export function isDatabaseFailure(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string" && OUTAGE.test(at.code)) return true;
    // pg gives its own timeouts and broken connections no code.
    if (
      /^(Connection terminated|Cannot use a pool|timeout exceeded|Query read timeout|Client has encountered)/.test(
        at.message,
      )
    )
      return true;
  }
  return false;
}
