// SPDX-License-Identifier: Apache-2.0
import {
  LIVE_SORTS,
  type LiveSort,
  type LiveStreamsQuery,
  STREAM_CATEGORIES,
  type StreamCategory,
} from "@tickstream/contracts-types";
import { useMemo } from "react";
import { useSearchParams } from "react-router";

type Filter = "search" | "category" | "tag" | "language" | "sort";

export interface FilterState {
  query: LiveStreamsQuery;
  /** Whether anything is left out by them. */
  active: boolean;
  set: (name: Filter, value: string) => void;
  clear: () => void;
}

/** The list's filters stand in the address, so that a list can be linked to and the way back leads to it. */
export function useFilters(): FilterState {
  const [parameters, setParameters] = useSearchParams();
  const query = useMemo(() => queryOf(parameters), [parameters]);
  return {
    query,
    active: ["search", "category", "tag", "language"].some((name) => name in query),
    set(name, value) {
      setParameters(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === "") next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      );
    },
    clear: () => setParameters({}, { replace: true }),
  };
}

/** What of an address the node would take; anybody can write one. */
function queryOf(parameters: URLSearchParams): LiveStreamsQuery {
  const get = (name: Filter) => parameters.get(name)?.trim() ?? "";
  const [search, tag, language] = [get("search").slice(0, 100), get("tag"), get("language")];
  const category = STREAM_CATEGORIES.find((known): known is StreamCategory => known === get("category"));
  const sort = LIVE_SORTS.find((known): known is LiveSort => known === get("sort"));
  return {
    ...(search && { search }),
    ...(tag && { tag }),
    ...(language && { language }),
    ...(category && { category }),
    ...(sort && { sort }),
  };
}
