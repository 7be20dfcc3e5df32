// SPDX-License-Identifier: Apache-2.0
import type { StreamId } from "@tickstream/contracts-types";
import { RecentMap } from "@tickstream/signaling/limits";
import type { ChainForLedger, ChainTerms } from "../ledger/chain-for-ledger.ts";
import type { CurrentTerms } from "./paid-stream.ts";

const MAX_STREAMS = 10_000;

/** The current terms, read once a block however many viewers ask. */
export function createTermsCache(chain: ChainForLedger): CurrentTerms {
  const cache = new Map<StreamId, { head: number; terms: Promise<ChainTerms | null> }>();
  /** What was read last, for the time in which the chain is out of reach. */
  const known = new RecentMap<StreamId, ChainTerms>(MAX_STREAMS);
  let head = 0;

  const read = async (stream: StreamId): Promise<ChainTerms | null> => {
    const terms = await chain.terms(stream, null, "best");
    if (terms) known.set(stream, terms);
    else known.delete(stream);
    return terms;
  };

  return {
    head: () => (head = chain.heads()?.best ?? head),
    async get(stream) {
      const heads = chain.heads();
      if (heads === null) return known.get(stream) ?? "unreachable";
      let entry = cache.get(stream);
      if (!entry || entry.head !== heads.best) {
        // Older blocks' entries are of no use any more, so the cache never holds more than one block's.
        for (const [id, { head: at }] of cache) if (at !== heads.best) cache.delete(id);
        entry = { head: heads.best, terms: read(stream) };
        cache.set(stream, entry);
      }
      try {
        return await entry.terms;
      } catch {
        cache.delete(stream);
        return known.get(stream) ?? "unreachable";
      }
    },
  };
}
