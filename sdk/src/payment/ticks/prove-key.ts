// SPDX-License-Identifier: Apache-2.0
import type { Epoch } from "@tickstream/contracts-types";
import { SdkError } from "../../errors.ts";
import { decryptPart, importMediaKey } from "../../media/decrypt-part.ts";
import { fetchBytes } from "../../media/fetch-bytes.ts";
import type { MediaIndex } from "../../media/media-index.ts";

/**
 * Fetches some listed ciphertext of the epoch and tries the key on it: for a key whose media the player itself passed over.
 *
 * @returns whether the key opens it; `null` where nothing of the epoch is listed or could be fetched
 */
export async function proveByFetching(params: {
  media: MediaIndex;
  epoch: Epoch;
  key: Uint8Array;
  fetch: typeof fetch;
  signal: AbortSignal;
}): Promise<boolean | null> {
  const { media, epoch, key, signal } = params;
  const sample = media.sampleOf(epoch);
  if (!sample) return null;
  let bytes: Uint8Array;
  try {
    bytes = await fetchBytes(sample.url, { fetch: params.fetch, signal, range: sample.range });
  } catch (error) {
    // Gone from the window meanwhile, or the network failed: no proof either way.
    if (error instanceof SdkError || signal.aborted) return null;
    throw error;
  }
  try {
    await decryptPart(bytes, await importMediaKey(key), { ...sample.place, rendition: media.rendition });
    return true;
  } catch (error) {
    if (error instanceof SdkError && error.code === "part-invalid") return false;
    throw error;
  }
}
