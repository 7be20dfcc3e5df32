// SPDX-License-Identifier: Apache-2.0
import { blake2AsU8a } from "@polkadot/util-crypto/blake2";
import { fromHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { compact, lengthPrefixed, ScaleReader, u64le, vec } from "../codec/scale.ts";

/** A block header as `sp_runtime::generic::Header<u32, BlakeTwo256>` has it. */
export interface Header {
  readonly parentHash: Hex;
  readonly number: number;
  readonly stateRoot: Hex;
  readonly extrinsicsRoot: Hex;
  /** SCALE-encoded digest items, one each. */
  readonly logs: readonly Hex[];
}

export const ZERO_HASH: Hex = `0x${"0".repeat(64)}`;

/** Root of an empty trie under BLAKE2b-256, which is what a genesis block's extrinsics root is. */
export const EMPTY_TRIE_ROOT: Hex = "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";

// Variants of sp_runtime::generic::DigestItem.
const DIGEST_OTHER = 0;
const DIGEST_PRE_RUNTIME = 6;
const DIGEST_RUNTIME_UPDATED = 8;

export function encodeHeader(header: Header): Uint8Array {
  return Buffer.concat([
    fromHex(header.parentHash),
    compact(header.number),
    fromHex(header.stateRoot),
    fromHex(header.extrinsicsRoot),
    vec(header.logs.map(fromHex)),
  ]);
}

export function decodeHeader(bytes: Uint8Array): Header {
  const reader = new ScaleReader(bytes);
  const parentHash = toHex(reader.take(32));
  const number = Number(reader.compact());
  const stateRoot = toHex(reader.take(32));
  const extrinsicsRoot = toHex(reader.take(32));
  const logs: Hex[] = [];
  for (let count = Number(reader.compact()); count > 0; count--) {
    const start = reader.offset;
    const kind = reader.u8();
    if (kind !== DIGEST_RUNTIME_UPDATED) {
      if (kind !== DIGEST_OTHER) reader.take(4);
      reader.bytes();
    }
    logs.push(toHex(bytes.subarray(start, reader.offset)));
  }
  return { parentHash, number, stateRoot, extrinsicsRoot, logs };
}

/** The block hash: BLAKE2b-256 of the encoded header. */
export function hashHeader(header: Header): Hex {
  return toHex(blake2AsU8a(encodeHeader(header), 256));
}

/** The digest by which Aura learns a block's slot. */
export function auraSlotLog(slot: number): Hex {
  return toHex(
    Buffer.concat([Uint8Array.of(DIGEST_PRE_RUNTIME), Buffer.from("aura"), lengthPrefixed(u64le(slot))]),
  );
}

/** The Aura slot in a header, or undefined where it has none (genesis). */
export function auraSlotOf(header: Header): number | undefined {
  for (const log of header.logs) {
    const bytes = fromHex(log);
    if (bytes[0] === DIGEST_PRE_RUNTIME && Buffer.from(bytes.subarray(1, 5)).toString() === "aura") {
      return Number(Buffer.from(bytes).readBigUInt64LE(bytes.length - 8));
    }
  }
  return undefined;
}

/** A header in the shape JSON-RPC gives it. */
export function headerToJson(header: Header): object {
  return {
    parentHash: header.parentHash,
    number: `0x${header.number.toString(16)}`,
    stateRoot: header.stateRoot,
    extrinsicsRoot: header.extrinsicsRoot,
    digest: { logs: header.logs },
  };
}
