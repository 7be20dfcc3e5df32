// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useClient } from "./client-provider.tsx";

/** What pages can't do without: the node itself, or what the node can't do without. */
export type Missing = "node-unreachable" | "recovering" | "chain-unreachable";

const REFRESH_MS = 5_000;
/** While something is missing, somebody waits for it. */
const AWAITED_REFRESH_MS = 2_000;

/** What is missing now; `null` where nothing is. When it is back, everything that the page shows is asked for anew. */
export function useMissing(): Missing | null {
  const client = useClient();
  const queries = useQueryClient();
  const { data: missing = null } = useQuery({
    queryKey: ["missing"],
    queryFn: async ({ signal }): Promise<Missing | null> => {
      try {
        const { chain, database } = await client.health(signal);
        if (database.state === "disconnected") return "recovering";
        return chain.state === "disconnected" ? "chain-unreachable" : null;
      } catch (error) {
        if (signal.aborted) throw error;
        return "node-unreachable";
      }
    },
    refetchInterval: ({ state }) => (state.data ? AWAITED_REFRESH_MS : REFRESH_MS),
  });
  const before = useRef(missing);
  useEffect(() => {
    if (before.current !== null && missing === null) void queries.invalidateQueries();
    before.current = missing;
  }, [missing, queries]);
  return missing;
}
