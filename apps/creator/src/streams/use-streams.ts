// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type CreatorLogin, myStreams, pastStreams } from "@tickstream/sdk";
import { useClient } from "@tickstream/ui";

const REFRESH_MS = 5_000;

/** The creator's streams that have not ended, the newest first. */
export function useMyStreams(login: CreatorLogin) {
  const client = useClient();
  return useQuery({
    queryKey: ["streams", login.address],
    queryFn: async ({ signal }) => {
      const streams = await myStreams({ client, login, signal });
      return streams.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
    },
    refetchInterval: REFRESH_MS,
  });
}

/** One page of those that have ended. */
export function usePastStreams(login: CreatorLogin, archived: boolean, cursor: string | undefined) {
  const client = useClient();
  return useQuery({
    queryKey: ["past-streams", login.address, archived, cursor],
    queryFn: ({ signal }) =>
      pastStreams({ client, login, query: { archived, ...(cursor !== undefined && { cursor }) }, signal }),
    placeholderData: keepPreviousData,
  });
}

/** One stream of the creator's, followed while a page shows it. */
export function useStream(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: ["stream", id],
    queryFn: ({ signal }) => client.stream(id, signal),
    refetchInterval: REFRESH_MS,
  });
}
