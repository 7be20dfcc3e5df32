// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { PastStream } from "@tickstream/contracts-types";
import { archiveStream, type CreatorLogin } from "@tickstream/sdk";
import { Problem, useClient, useFormat, useT } from "@tickstream/ui";
import { useState } from "react";
import { Pager, usePages } from "../components/pager.tsx";
import { RetireButton } from "../manage/retire-button.tsx";
import { usePastStreams } from "./use-streams.ts";

/** Streams that have ended, and those put away, a page at a time. */
export function PastStreams({ login }: { login: CreatorLogin }) {
  const t = useT();
  const client = useClient();
  const queries = useQueryClient();
  const [archived, setArchived] = useState(false);
  const pages = usePages();
  const past = usePastStreams(login, archived, pages.cursor);
  const archive = useMutation({
    mutationFn: (stream: string) => archiveStream({ client, login, stream }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["past-streams"] }),
  });
  const next = past.data?.next ?? null;
  return (
    <section aria-label={t("creator.past-title")}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t("creator.past-title")}</Title>
        <SegmentedControl
          size="xs"
          aria-label={t("creator.past-show")}
          value={archived ? "archived" : "recent"}
          data={(["recent", "archived"] as const).map((value) => ({
            value,
            label: t(`creator.past-${value}`),
          }))}
          onChange={(value) => {
            setArchived(value === "archived");
            pages.toFirst();
          }}
        />
      </Group>
      {past.isError && <Problem error={past.error} />}
      {archive.isError && <Problem error={archive.error} />}
      {past.data?.streams.length === 0 && <Text c="dimmed">{t("creator.past-empty")}</Text>}
      <Stack gap="sm">
        {past.data?.streams.map((stream) => (
          <PastRow
            key={stream.id}
            stream={stream}
            archiving={archive.isPending && archive.variables === stream.id}
            onArchive={() => archive.mutate(stream.id)}
          />
        ))}
      </Stack>
      <Pager pages={pages} next={next} />
    </section>
  );
}

function PastRow(props: { stream: PastStream; archiving: boolean; onArchive: () => void }) {
  const { stream, archiving, onArchive } = props;
  const t = useT();
  const { dateTime } = useFormat();
  return (
    <Card padding="sm">
      <Group justify="space-between" gap="sm">
        <div>
          <Text fw={600}>{stream.title}</Text>
          <Text size="sm" c="dimmed">
            {t("creator.ended-at", { when: dateTime(new Date(stream.endedAt)) })}
          </Text>
        </div>
        <Group gap="sm">
          {stream.paid && <RetireButton stream={stream.id} />}
          {stream.archivedAt === null && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconArchive size={14} />}
              loading={archiving}
              onClick={onArchive}
            >
              {t("creator.archive")}
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}
