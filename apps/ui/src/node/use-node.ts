// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { TickstreamError, tokenPrice } from "@tickstream/contracts-types";
import { useClient } from "./client-provider.tsx";

const PRICE_REFRESH_MS = 60_000;
/** Till it is known; then it stays. */
const AGAIN_MS = 3_000;

/** Who runs this node, on which chain, and what it asks. */
export function useNode() {
  const client = useClient();
  return useQuery({
    queryKey: ["node"],
    queryFn: () => client.info(),
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.data ? false : AGAIN_MS),
  });
}

/** What a token is worth in a currency; `null` where the operator says nothing of it. */
export function usePrice() {
  const client = useClient();
  const node = useNode();
  return useQuery({
    queryKey: ["price"],
    enabled: node.data?.features.price ?? false,
    queryFn: async ({ signal }) => {
      try {
        return await client.rest.get("/api/price", tokenPrice, { signal });
      } catch (error) {
        if (error instanceof TickstreamError && error.code === "price-stale") return null;
        throw error;
      }
    },
    refetchInterval: PRICE_REFRESH_MS,
    retry: false,
  });
}
