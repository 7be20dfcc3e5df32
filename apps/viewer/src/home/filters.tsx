// SPDX-License-Identifier: Apache-2.0
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconHash, IconSearch, IconX } from "@tabler/icons-react";
import { LIVE_SORTS, STREAM_CATEGORIES } from "@tickstream/contracts-types";
import { useFormat, useT } from "@tickstream/ui";
import { useState } from "react";
import type { FilterState } from "./use-filters.ts";

/** Languages to filter by; the node finds `de-AT` by `de`. */
const LANGUAGES = ["en", "de", "es", "fr", "it", "ja", "ko", "pl", "pt", "ru", "tr", "uk", "zh"];
const TYPING_MS = 250;

export function Filters({ filters }: { filters: FilterState }) {
  const t = useT();
  const { languageName } = useFormat();
  const { query, set } = filters;
  const [search, setSearch] = useState(query.search ?? "");
  const search_ = useDebouncedCallback((text: string) => set("search", text), TYPING_MS);
  return (
    <search className="filters">
      <TextInput
        className="filter-search"
        type="search"
        aria-label={t("viewer.filter-search")}
        placeholder={t("viewer.filter-search")}
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => {
          setSearch(event.currentTarget.value);
          search_(event.currentTarget.value);
        }}
      />
      <NativeSelect
        aria-label={t("viewer.filter-category")}
        value={query.category ?? ""}
        onChange={(event) => set("category", event.currentTarget.value)}
        data={[
          { value: "", label: t("viewer.filter-any-category") },
          ...STREAM_CATEGORIES.map((value) => ({ value, label: t(`viewer.category-${value}`) })),
        ]}
      />
      <NativeSelect
        aria-label={t("viewer.filter-language")}
        value={query.language ?? ""}
        onChange={(event) => set("language", event.currentTarget.value)}
        data={[
          { value: "", label: t("viewer.filter-any-language") },
          ...LANGUAGES.map((value) => ({ value, label: languageName(value) })),
        ]}
      />
      <NativeSelect
        aria-label={t("viewer.filter-sort")}
        value={query.sort ?? "viewers"}
        onChange={(event) => set("sort", event.currentTarget.value)}
        data={LIVE_SORTS.map((value) => ({ value, label: t(`viewer.sort-${value}`) }))}
      />
      {query.tag !== undefined && (
        <Button
          variant="light"
          leftSection={<IconHash size={14} />}
          rightSection={<IconX size={14} />}
          aria-label={t("viewer.filter-remove-tag", { tag: query.tag })}
          onClick={() => set("tag", "")}
        >
          {query.tag}
        </Button>
      )}
    </search>
  );
}
