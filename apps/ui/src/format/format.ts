// SPDX-License-Identifier: Apache-2.0
import { formatAmount, planck, type Token } from "@tickstream/contracts-types";

/** The start and end of an address: enough to recognise one's own, never to verify another's. */
export function shortAddress(address: string): string {
  return address.length > 15 ? `${address.slice(0, 6)}…${address.slice(-6)}` : address;
}

/** 75 → `1:15`, 3675 → `1:01:15`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** An amount without its symbol, as an input holds it: `1.5`. */
export function amountText(amount: bigint, token: Token): string {
  return formatAmount(planck(amount), { ...token, symbol: "" }).trim();
}

/** What `ms` of a stream cost at a rate a tick, rounded up to a planck. */
export function costOf(rate: bigint, tickMs: number, ms: number): bigint {
  const tick = BigInt(tickMs);
  return (rate * BigInt(ms) + tick - 1n) / tick;
}

/** At most `digits` significant digits, for what is shown at a glance; exact figures stand beside it. */
export function roundAmount(amount: bigint, digits: number): bigint {
  const step = 10n ** BigInt(Math.max(0, amount.toString().length - digits));
  return ((amount + step / 2n) / step) * step;
}

/** An amount in another currency, as a plain number for `Intl`. */
export function inCurrency(amount: bigint, token: Token, perUnit: number): number {
  return (Number(amount) / 10 ** token.decimals) * perUnit;
}
