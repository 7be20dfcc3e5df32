// SPDX-License-Identifier: Apache-2.0
import { counterBlock, type CipherRange } from "@tickstream/contracts-types";
import { SdkError } from "../errors.ts";

/** A media key as WebCrypto takes it. */
export function importMediaKey(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key as Uint8Array<ArrayBuffer>, "AES-CTR", false, ["decrypt"]);
}

/**
 * Decrypts one part (AES-128-CTR, `PROTOCOL` “Media keys and cipher”) and checks that it is media at all.
 *
 * @throws {@link SdkError} `part-invalid` where what comes out is no fMP4: a wrong key, or damaged bytes
 */
export async function decryptPart(
  ciphertext: Uint8Array,
  key: CryptoKey,
  place: Pick<CipherRange, "run" | "block"> & { rendition: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new Uint8Array(
    await crypto.subtle.decrypt(
      { name: "AES-CTR", counter: counterBlock(place), length: 64 },
      key,
      ciphertext as Uint8Array<ArrayBuffer>,
    ),
  );
  if (!isMediaFragment(plain)) {
    throw new SdkError(
      "part-invalid",
      "A part is no media once decrypted: the key is wrong, or the bytes are.",
    );
  }
  return plain;
}

const MOOF = 0x6d6f6f66;
const MDAT = 0x6d646174;

/**
 * Whether the bytes are whole ISO BMFF boxes end to end, a `moof` and an `mdat` among them. Random bytes pass
 * with a probability below 2^-60.
 */
export function isMediaFragment(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let moof = false;
  let mdat = false;
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.length - offset < 8) return false;
    let size = view.getUint32(offset);
    const type = view.getUint32(offset + 4);
    if (size === 1) {
      if (bytes.length - offset < 16) return false;
      size = Number(view.getBigUint64(offset + 8));
      if (size < 16) return false;
    } else if (size < 8) return false;
    if (size > bytes.length - offset) return false;
    moof ||= type === MOOF;
    mdat ||= type === MDAT && moof;
    offset += size;
  }
  return moof && mdat;
}
