// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { getLiveStreams, getNode, getStream } from "./node-api.ts";

/** How often a list that somebody looks at is brought up to date. */
const REFRESH_MS = 5_000;

/** Who runs this node, on which chain. */
export const useNode = () =>
  useQuery({ queryKey: ["node"], queryFn: ({ signal }) => getNode(signal), staleTime: Infinity, retry: 3 });

/** What is live here now. */
export const useLiveStreams = () =>
  useQuery({
    queryKey: ["streams", "live"],
    queryFn: ({ signal }) => getLiveStreams(signal),
    refetchInterval: REFRESH_MS,
  });

/** One stream, live or not. */
export const useStream = (id: string) =>
  useQuery({
    queryKey: ["streams", id],
    queryFn: ({ signal }) => getStream(id, signal),
    refetchInterval: REFRESH_MS,
  });
