// SPDX-License-Identifier: Apache-2.0

/** Bits per second as people say them: `2.5 Mbit/s`, `640 kbit/s`. */
export function formatBitrate(bitsPerSecond: number, locale: string): string {
  const mega = bitsPerSecond >= 1_000_000;
  const value = new Intl.NumberFormat(locale, { maximumFractionDigits: mega ? 2 : 0 }).format(
    bitsPerSecond / (mega ? 1_000_000 : 1_000),
  );
  return `${value} ${mega ? "Mbit/s" : "kbit/s"}`;
}
