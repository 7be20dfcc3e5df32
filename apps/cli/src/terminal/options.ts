// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from "commander";

/** A TCP port; 0 lets the system choose. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

/** A whole number of milliseconds between bounds. */
export function parseBlockTime(text: string): number {
  const ms = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(ms >= 100 && ms <= 600_000))
    throw new InvalidArgumentError("a block takes 100 to 600000 milliseconds");
  return ms;
}

/** A whole number above zero. */
export function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count > 0)) throw new InvalidArgumentError("expected a whole number above 0");
  return count;
}

/** A URL of one of the given schemes. */
export function parseUrl(...schemes: string[]): (text: string) => string {
  return (text) => {
    if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) {
      throw new InvalidArgumentError(
        `expected an address that begins with ${schemes.map((s) => `${s}//`).join(" or ")}`,
      );
    }
    return text;
  };
}
