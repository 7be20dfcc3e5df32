// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { useClient } from "@tickstream/ui";

const REFRESH_MS = 5_000;

/** One stream, live or not, kept up to date while somebody looks. */
export function useStream(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: ["streams", id],
    queryFn: ({ signal }) => client.stream(id, signal),
    refetchInterval: REFRESH_MS,
  });
}
