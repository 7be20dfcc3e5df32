// SPDX-License-Identifier: Apache-2.0
import { formatAmount, planck, type Token } from "@tickstream/contracts-types";

/** The start and end of an address: enough to recognise one's own, never to verify another's. */
export function shortAddress(address: string): string {
  return address.length > 15 ? `${address.slice(0, 6)}…${address.slice(-6)}` : address;
}

/** What a stream costs, in words. */
export function formatRate(rate: bigint, tickMs: number, token: Token): string {
  if (rate === 0n) return "free";
  const amount = formatAmount(planck(rate), token);
  if (tickMs === 1000) return `${amount} per second`;
  return `${amount} per ${tickMs % 1000 === 0 ? `${tickMs / 1000} s` : `${tickMs} ms`}`;
}

/** 75 → `1:15`, 3675 → `1:01:15`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** How long something has been going on, coarsely. */
export function formatSince(start: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - start.getTime()) / 60_000);
  if (minutes < 1) return "just started";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** The text without symbol, for an input: `1.5`. */
export function amountText(amount: bigint, token: Token): string {
  return formatAmount(planck(amount), { ...token, symbol: "" }).trim();
}
