// SPDX-License-Identifier: Apache-2.0
import { crc32 } from "node:zlib";
import { isHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import type { StorageChange } from "../execution/state.ts";

/** A block as it is kept: enough to answer for it and to go from its parent's state to its own. */
export interface BlockRecord {
  readonly number: number;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** SCALE-encoded header. */
  readonly header: Hex;
  readonly extrinsics: readonly Hex[];
  readonly changes: readonly StorageChange[];
}

/** One line: CRC-32 of the rest in hex, a space, number, a space, hash, a space, JSON. */
export function encodeRecord(record: BlockRecord): string {
  const { number, hash, parentHash, header, extrinsics, changes } = record;
  const body = `${number} ${hash} ${JSON.stringify({ parentHash, header, extrinsics, changes })}`;
  return `${checksum(body)} ${body}\n`;
}

/** The block in a line (without its newline), or undefined where the line is not whole. */
export function decodeRecord(line: string): BlockRecord | undefined {
  const body = line.slice(9);
  if (line[8] !== " " || checksum(body) !== line.slice(0, 8)) return undefined;
  const [numberText, hash] = body.split(" ", 2);
  const number = Number(numberText);
  if (!Number.isSafeInteger(number) || !isHex(hash)) return undefined;
  const rest = JSON.parse(body.slice(body.indexOf("{"))) as Omit<BlockRecord, "number" | "hash">;
  return { number, hash, ...rest };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
