// SPDX-License-Identifier: Apache-2.0
// The identicon that every Polkadot wallet shows for an account, so that people recognise their own. The algorithm is that
// of @polkadot/ui-shared (Apache-2.0), which would bring several hundred kilobytes of cryptography to a page that only lists.
import { blake2b } from "@noble/hashes/blake2.js";
import { fromSs58, hexToBytes } from "@tickstream/contracts-types";

export interface Circle {
  cx: number;
  cy: number;
  r: number;
  fill: string;
}

/** Side of the square that the circles stand in. */
export const ICON_SIZE = 64;
const CENTRE = ICON_SIZE / 2;
const DOT = (ICON_SIZE / 64) * 5;

/** For each of the 19 dots the colour it takes of the palette, and how often the scheme is drawn, of 512. */
const SCHEMES = [
  { colors: [0, 28, 0, 0, 28, 0, 0, 28, 0, 0, 28, 0, 0, 28, 0, 0, 28, 0, 1], frequency: 1 },
  { colors: [0, 1, 3, 2, 4, 3, 0, 1, 3, 2, 4, 3, 0, 1, 3, 2, 4, 3, 5], frequency: 20 },
  { colors: [1, 2, 3, 1, 2, 4, 5, 5, 4, 1, 2, 3, 1, 2, 4, 5, 5, 4, 0], frequency: 16 },
  { colors: [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 3], frequency: 32 },
  { colors: [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6], frequency: 32 },
  { colors: [0, 1, 2, 3, 4, 5, 3, 4, 2, 0, 1, 6, 7, 8, 9, 7, 8, 6, 10], frequency: 128 },
  { colors: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 8, 6, 7, 5, 3, 4, 2, 11], frequency: 128 },
] as const;
const TOTAL = SCHEMES.reduce((sum, { frequency }) => sum + frequency, 0);

/** A disc and 19 dots on it, drawn from the account's own bytes. */
export function polkadotIcon(address: string): Circle[] {
  const colors = colorsOf(address);
  return [
    { cx: CENTRE, cy: CENTRE, r: CENTRE, fill: "#eee" },
    ...dots().map(([cx, cy], index) => ({ cx, cy, r: DOT, fill: colors[index] ?? "#ddd" })),
  ];
}

function dots(): [number, number][] {
  const r = (CENTRE / 4) * 3;
  const half = r / 2;
  const wide = (r * Math.sqrt(3)) / 2;
  const narrow = (r * Math.sqrt(3)) / 4;
  const quarter = r / 4;
  const three = (r * 3) / 4;
  const offsets: [number, number][] = [
    [0, -r],
    [0, -half],
    [-narrow, -three],
    [-wide, -half],
    [-narrow, -quarter],
    [-wide, 0],
    [-wide, half],
    [-narrow, quarter],
    [-narrow, three],
    [0, r],
    [0, half],
    [narrow, three],
    [wide, half],
    [narrow, quarter],
    [wide, 0],
    [wide, -half],
    [narrow, -quarter],
    [narrow, -three],
    [0, 0],
  ];
  return offsets.map(([x, y]) => [CENTRE + x, CENTRE + y]);
}

function colorsOf(address: string): string[] {
  const zero = blake2b(new Uint8Array(32), { dkLen: 64 });
  const id = blake2b(hexToBytes(fromSs58(address), 32), { dkLen: 64 }).map(
    (byte, index) => (byte + 256 - at(zero, index)) % 256,
  );
  const draw = (at(id, 30) + at(id, 31) * 256) % TOTAL;
  const rotation = (at(id, 28) % 6) * 3;
  const saturation = (Math.floor((at(id, 29) * 70) / 256 + 26) % 80) + 30;
  let cumulated = 0;
  const scheme = SCHEMES.find(({ frequency }) => (cumulated += frequency) > draw) ?? SCHEMES[0];
  const palette = Array.from(id, (byte, index) => {
    const b = (byte + (index % 28) * 58) % 256;
    if (b === 0) return "#444";
    if (b === 255) return "transparent";
    return `hsl(${Math.floor(((b % 64) * 360) / 64)}, ${saturation}%, ${[53, 15, 35, 75][b >> 6]}%)`;
  });
  return scheme.colors.map((_, index) => {
    const color = scheme.colors[index < 18 ? (index + rotation) % 18 : 18];
    return palette[color ?? 0] ?? "#ddd";
  });
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
