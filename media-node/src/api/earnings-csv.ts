// SPDX-License-Identifier: Apache-2.0
import type { EarningsEvent, Token } from "@tickstream/contracts-types";

const COLUMNS = [
  "time",
  "block",
  "block_hash",
  "extrinsic",
  "event_index",
  "event",
  "stream",
  "title",
  "channel",
  "ticks",
  "role",
  "account",
  "plancks",
] as const;

/** The first line; the last column is the amount in whole tokens. RFC 4180. */
export function csvHeader({ symbol }: Token): string {
  return line([...COLUMNS, symbol]);
}

/** A line for each payment of an event. */
export function csvLines(event: EarningsEvent, { decimals }: Token): string {
  return event.payments
    .map(({ role, account, amount }) =>
      line([
        event.at,
        event.block,
        event.blockHash,
        event.extrinsic ?? "",
        event.index,
        event.name,
        event.stream,
        event.title ?? "",
        event.channel ?? "",
        event.ticks ?? "",
        role,
        account,
        amount,
        inTokens(amount, decimals),
      ]),
    )
    .join("");
}

function line(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  // A title that begins like a formula would be one in a spreadsheet; negative amounts are numbers.
  const text = /^[=+@\t\r]|^-(?![0-9])/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function inTokens(plancks: string, decimals: number): string {
  const [sign, digits] = plancks.startsWith("-") ? ["-", plancks.slice(1)] : ["", plancks];
  if (decimals === 0) return plancks;
  const padded = digits.padStart(decimals + 1, "0");
  return `${sign}${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}
