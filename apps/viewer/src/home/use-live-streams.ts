// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { liveStreams, type LiveStreamsQuery } from "@tickstream/contracts-types";
import { useClient } from "@tickstream/ui";

/** How often a list that somebody looks at is brought up to date. */
const REFRESH_MS = 5_000;
const PAGE_SIZE = 24;
/** More pages than this are not kept fresh: whoever looks for more searches. */
const MAX_PAGES = 8;

/** What is live here now, page by page. */
export function useLiveStreams(query: LiveStreamsQuery) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ["streams", "live", query],
    queryFn: ({ signal, pageParam }) => {
      const asked = { ...query, limit: PAGE_SIZE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const text = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
      return client.rest.get(`/api/streams/live?${text}`, liveStreams, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    maxPages: MAX_PAGES,
    getPreviousPageParam: () => undefined,
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}
