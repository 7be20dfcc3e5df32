// SPDX-License-Identifier: Apache-2.0
import { createCipheriv } from "node:crypto";
import { CIPHER_BLOCK_LENGTH, counterBlock, type CipherRange } from "@tickstream/contracts-types";

/** What a cipher needs of a key vault. */
export interface EpochKeys {
  /** The AES-128 key of an epoch, 16 bytes. */
  key(epoch: number): Uint8Array;
}

/**
 * Encrypts the parts of one rendition (docs/protocol.md, "Media keys and cipher"): AES-128-CTR, each part under
 * the key of the epoch it starts in, the counter rendition ‖ run ‖ block.
 *
 * No pair of key and counter is ever used for two plaintexts: blocks only rise within a run, and a run's number
 * is new, durably so, before its first part.
 */
export class PartCipher {
  readonly #keys: EpochKeys;
  readonly #rendition: number;
  #run = -1;
  #block = 0;

  constructor(keys: EpochKeys, rendition: number) {
    this.#keys = keys;
    this.#rendition = rendition;
  }

  /** Begins a run of counters. Its number has to be higher than any before, in this process or an earlier one. */
  startRun(run: number): void {
    if (run <= this.#run) throw new RangeError(`cipher run ${run} after ${this.#run}`);
    this.#run = run;
    this.#block = 0;
  }

  /** Where a part that starts in `epoch` would stand: known before the part is. */
  next(epoch: number): CipherRange {
    return { epoch, run: this.#run, block: this.#block };
  }

  /** Encrypts the next part. */
  encrypt(epoch: number, plaintext: Uint8Array): { cipher: CipherRange; ciphertext: Buffer } {
    if (this.#run < 0) throw new RangeError("cipher run not started");
    const cipher = { ...this.next(epoch), bytes: plaintext.length };
    const counter = counterBlock({ rendition: this.#rendition, run: cipher.run, block: cipher.block });
    // CTR is a stream cipher: update returns everything, final nothing.
    const ciphertext = createCipheriv("aes-128-ctr", this.#keys.key(epoch), counter).update(plaintext);
    this.#block += Math.ceil(plaintext.length / CIPHER_BLOCK_LENGTH);
    return { cipher, ciphertext };
  }
}
