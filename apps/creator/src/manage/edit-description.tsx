// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { StreamDetail, UpdateStreamRequest } from "@tickstream/contracts-types";
import { type CreatorLogin, updateStream } from "@tickstream/sdk";
import { focusFirstInvalid, Problem, useClient, useT } from "@tickstream/ui";
import { type FormEvent, useState } from "react";
import {
  descriptionOf,
  type DescriptionProblems,
  readDescription,
} from "../description/description-draft.ts";
import { DescriptionFields } from "../description/description-fields.tsx";

export function EditDescription({ stream, login }: { stream: StreamDetail; login: CreatorLogin }) {
  const t = useT();
  const client = useClient();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() => descriptionOf(stream));
  const [problems, setProblems] = useState<DescriptionProblems>();
  const save = useMutation({
    mutationFn: (request: UpdateStreamRequest) => updateStream({ client, login, stream: stream.id, request }),
    onSuccess: (updated) => queries.setQueryData(["stream", stream.id], updated),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readDescription(draft);
    setProblems("problems" in read ? read.problems : undefined);
    if ("description" in read) save.mutate(read.description);
    else focusFirstInvalid(event.currentTarget);
  };
  return (
    <Card component="section" aria-label={t("creator.describe-title")}>
      <Title order={2} size="h3" mb="md">
        {t("creator.describe-title")}
      </Title>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <DescriptionFields
            draft={draft}
            problems={problems}
            onChange={(changed) => {
              setDraft(changed);
              save.reset();
            }}
          />
          {save.isError && <Problem error={save.error} />}
          <Group gap="sm">
            <Button type="submit" loading={save.isPending}>
              {t("creator.save")}
            </Button>
            <Text component="output" display="block" size="sm">
              {save.isSuccess ? t("creator.saved") : ""}
            </Text>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
