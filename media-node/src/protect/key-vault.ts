// SPDX-License-Identifier: Apache-2.0
import { deriveEpochKey, keyHash, type StreamId } from "@tickstream/contracts-types";

/** A stream's media keys. They leave it for the part cipher, and for viewers who paid for them. */
export interface KeyVault {
  /** The AES-128 key of an epoch, 16 bytes. */
  key(epoch: number): Uint8Array;
  /** Its hash, which the playlist publishes ahead of sale, 32 bytes. */
  keyHash(epoch: number): Uint8Array;
}

export interface KeyVaultOptions {
  /** 32 random bytes. Whoever has them has every key of the stream. */
  streamSecret: Uint8Array;
  genesisHash: Uint8Array;
  stream: StreamId;
  /** Epochs whose keys are kept derived; others are derived again when asked for. */
  cacheEpochs?: number;
}

interface DerivedKey {
  key: Uint8Array;
  hash: Uint8Array;
}

const DEFAULT_CACHE_EPOCHS = 1_024;

/** Derives a stream's keys from its secret (docs/protocol.md, "Media keys and cipher"); nothing is stored. */
export function createKeyVault(options: KeyVaultOptions): KeyVault {
  const { streamSecret, genesisHash, stream, cacheEpochs = DEFAULT_CACHE_EPOCHS } = options;
  const derived = new Map<number, DerivedKey>();

  const derive = (epoch: number): DerivedKey => {
    const known = derived.get(epoch);
    if (known !== undefined) return known;
    const key = deriveEpochKey(streamSecret, genesisHash, stream, epoch);
    const entry = { key, hash: keyHash(key) };
    // A Map iterates in order of insertion: the first is the one derived longest ago.
    if (derived.size >= cacheEpochs) derived.delete(derived.keys().next().value ?? epoch);
    derived.set(epoch, entry);
    return entry;
  };
  return { key: (epoch) => derive(epoch).key, keyHash: (epoch) => derive(epoch).hash };
}
