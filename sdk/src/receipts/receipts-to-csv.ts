// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, toSs58, type Receipt, type Token } from "@tickstream/contracts-types";

const COLUMNS = [
  "started_at",
  "title",
  "creator",
  "node",
  "stream",
  "operator",
  "tab",
  "channel",
  "ticks",
  "tick_ms",
  "rate_planck",
  "amount_planck",
  "open_fee_planck",
  "total_planck",
  "total",
  "token",
  "opened_block",
  "settled_block",
  "settled_ticks",
  "genesis_hash",
] as const;

/**
 * Receipts as a table (RFC 4180, UTF-8), a row each, for whoever keeps books. It proves nothing: that is what the JSON is for.
 *
 * @param token for the total in whole tokens, exact
 */
export function receiptsToCsv(receipts: readonly Receipt[], token: Token): string {
  const rows = receipts.map((receipt) => rowOf(receipt, token));
  return [COLUMNS, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function rowOf({ proof, chain, about }: Receipt, token: Token): string[] {
  const { commitment } = proof;
  const total = proof.amount + commitment.openFee;
  const row: Record<(typeof COLUMNS)[number], string | number | bigint | null> = {
    started_at: about.startedAt,
    title: about.title,
    creator: about.creator,
    node: about.node,
    stream: commitment.stream,
    operator: toSs58(commitment.operator),
    tab: commitment.tab,
    channel: proof.channel,
    ticks: proof.ticks,
    tick_ms: about.tickMs,
    rate_planck: commitment.rate,
    amount_planck: proof.amount,
    open_fee_planck: commitment.openFee,
    total_planck: total,
    total: decimal(total, token.decimals),
    token: token.symbol,
    opened_block: chain.opened?.block ?? null,
    settled_block: chain.settled?.block ?? null,
    settled_ticks: chain.settled?.ticks ?? null,
    genesis_hash: bytesToHex(proof.genesisHash),
  };
  return COLUMNS.map((column) => String(row[column] ?? ""));
}

/** A spreadsheet would run what begins like a formula: titles come from strangers. */
function field(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function decimal(amount: bigint, decimals: number): string {
  const unit = 10n ** BigInt(decimals);
  const fraction = (amount % unit).toString().padStart(decimals, "0");
  return decimals === 0 ? String(amount) : `${amount / unit}.${fraction}`;
}
