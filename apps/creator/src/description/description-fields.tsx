// SPDX-License-Identifier: Apache-2.0
import { NativeSelect, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import {
  MAX_DESCRIPTION_LENGTH,
  MAX_TITLE_LENGTH,
  STREAM_CATEGORIES,
  type StreamCategory,
} from "@tickstream/contracts-types";
import { useFormat, useT } from "@tickstream/ui";
import type { DescriptionDraft, DescriptionProblems } from "./description-draft.ts";

/** Offered in the list; a stream in another language keeps it. */
const LANGUAGES =
  "ar bn cs de el en es fa fi fr he hi hu id it ja ko nl pl pt ro ru sv sw ta th tr uk ur vi zh".split(" ");

/** What a stream is about. */
export function DescriptionFields(props: {
  draft: DescriptionDraft;
  problems: DescriptionProblems | undefined;
  onChange: (draft: DescriptionDraft) => void;
}) {
  const { draft, problems, onChange } = props;
  const t = useT();
  const { languageName } = useFormat();
  const languages =
    LANGUAGES.includes(draft.language) || draft.language === "" ? LANGUAGES : [draft.language, ...LANGUAGES];
  return (
    <Stack gap="md">
      <TextInput
        label={t("creator.title")}
        placeholder={t("creator.title-placeholder")}
        maxLength={MAX_TITLE_LENGTH}
        required
        value={draft.title}
        error={problems?.title && t("creator.title-missing")}
        onChange={(event) => onChange({ ...draft, title: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label={t("creator.category")}
          value={draft.category}
          data={STREAM_CATEGORIES.map((value) => ({ value, label: t(`creator.category-${value}`) }))}
          onChange={(event) => onChange({ ...draft, category: event.currentTarget.value as StreamCategory })}
        />
        <NativeSelect
          label={t("creator.stream-language")}
          value={draft.language}
          data={[
            { value: "", label: t("creator.language-none") },
            ...languages
              .map((value) => ({ value, label: languageName(value) }))
              .toSorted((a, b) => a.label.localeCompare(b.label)),
          ]}
          onChange={(event) => onChange({ ...draft, language: event.currentTarget.value })}
        />
      </SimpleGrid>
      <TextInput
        label={t("creator.tags")}
        description={t("creator.tags-hint")}
        value={draft.tags}
        error={problems?.tags && t("creator.tags-invalid")}
        onChange={(event) => onChange({ ...draft, tags: event.currentTarget.value })}
      />
      <Textarea
        label={t("creator.description")}
        description={t("creator.description-hint")}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={MAX_DESCRIPTION_LENGTH}
        value={draft.description}
        onChange={(event) => onChange({ ...draft, description: event.currentTarget.value })}
      />
    </Stack>
  );
}
