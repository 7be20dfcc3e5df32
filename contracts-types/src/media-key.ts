// SPDX-License-Identifier: Apache-2.0
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Epoch, StreamId } from "./ids.ts";
import { encodeFixedBytes, encodeUint } from "./scale.ts";
import { TickstreamError } from "./errors.ts";

/** Bytes in a media key: AES-128. */
export const MEDIA_KEY_LENGTH = 16;

/** Bytes in an AES block, the unit that a run counts. */
export const CIPHER_BLOCK_LENGTH = 16;

const KEY_INFO = utf8ToBytes("tickstream/key/1");
const KEY_HASH_DOMAIN = utf8ToBytes("tickstream/keyhash/1");

/** A part's cipher coordinates are out of range. Code `cipher-coordinates-invalid`. */
export class CipherCoordinatesError extends TickstreamError {
  override readonly name = "CipherCoordinatesError";

  constructor(details: string) {
    super("cipher-coordinates-invalid", "A part's place in its cipher run is out of range.", { details });
  }
}

/**
 * The key of one epoch of a stream's media: the first 16 bytes of
 * HKDF-SHA-256(streamSecret, salt = genesisHash, info = `tickstream/key/1` ‖ u64le stream ‖ u64le epoch).
 *
 * @param streamSecret 32 random bytes that never leave the origin's key vault
 */
export function deriveEpochKey(
  streamSecret: Uint8Array,
  genesisHash: Uint8Array,
  stream: StreamId,
  epoch: Epoch,
): Uint8Array<ArrayBuffer> {
  const info = concatBytes(KEY_INFO, encodeUint(stream, 8, "stream"), encodeUint(epoch, 8, "epoch"));
  return hkdf(
    sha256,
    encodeFixedBytes(streamSecret, 32, "streamSecret"),
    encodeFixedBytes(genesisHash, 32, "genesisHash"),
    info,
    MEDIA_KEY_LENGTH,
  );
}

/** SHA-256(`tickstream/keyhash/1` ‖ key): published ahead of sale, so that a wrong key is known at once. */
export function keyHash(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(concatBytes(KEY_HASH_DOMAIN, encodeFixedBytes(key, MEDIA_KEY_LENGTH, "key")));
}

/**
 * The first counter of a part, for AES-128-CTR: u32be rendition ‖ u32be run ‖ u64be block.
 * With WebCrypto: `{ name: "AES-CTR", counter, length: 64 }`.
 *
 * @param params.block how many 16-byte blocks of the run come before the part
 * @throws {@link CipherCoordinatesError}
 */
export function counterBlock(params: {
  rendition: number;
  run: number;
  block: number | bigint;
}): Uint8Array<ArrayBuffer> {
  const { rendition, run, block } = params;
  if (!isU32(rendition)) throw new CipherCoordinatesError(`rendition ${rendition}`);
  if (!isU32(run)) throw new CipherCoordinatesError(`run ${run}`);
  const counted = typeof block === "bigint" || Number.isSafeInteger(block) ? BigInt(block) : -1n;
  if (counted < 0n || counted >= 1n << 64n) throw new CipherCoordinatesError(`block ${block}`);
  const counter = new Uint8Array(CIPHER_BLOCK_LENGTH);
  const view = new DataView(counter.buffer);
  view.setUint32(0, rendition);
  view.setUint32(4, run);
  view.setBigUint64(8, counted);
  return counter;
}

function isU32(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}
