// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { StreamStats } from "@tickstream/contracts-types";
import { type CreatorLogin, streamStats } from "@tickstream/sdk";
import { useClient } from "@tickstream/ui";
import { addSample, EMPTY_HISTORY, type History } from "./history.ts";

const REFRESH_MS = 2_000;

interface LiveFigures {
  stats: StreamStats;
  history: History;
}

/** How a stream does now, and how it did since its studio was opened. */
export function useLiveFigures(stream: string, login: CreatorLogin) {
  const client = useClient();
  const queries = useQueryClient();
  const queryKey = ["figures", login.address, stream];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<LiveFigures> => {
      const stats = await streamStats({ client, login, stream, signal });
      const before = queries.getQueryData<LiveFigures>(queryKey)?.history ?? EMPTY_HISTORY;
      return { stats, history: addSample(before, Date.now(), stats) };
    },
    refetchInterval: REFRESH_MS,
    // The dashboard may be in the background, beside OBS or a game.
    refetchIntervalInBackground: true,
    structuralSharing: false,
  });
}
