// SPDX-License-Identifier: Apache-2.0
import { Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconBroadcast, IconMoodEmpty } from "@tabler/icons-react";
import { PageState, Problem, useNode, usePageTitle, usePrice, useT } from "@tickstream/ui";
import { useFollows } from "../follow/use-follows.ts";
import { Filters } from "../home/filters.tsx";
import { StreamCard } from "../home/stream-card.tsx";
import { useFilters } from "../home/use-filters.ts";
import { useLiveStreams } from "../home/use-live-streams.ts";

const PLACEHOLDERS = ["a", "b", "c", "d", "e", "f"];

/** Home: what is live on this node. */
export function HomePage() {
  const t = useT();
  usePageTitle(t("viewer.home-title"));
  const filters = useFilters();
  const streams = useLiveStreams(filters.query);
  const node = useNode();
  const price = usePrice();
  const { isFollowed } = useFollows();
  const shown = streams.data?.pages.flatMap((page) => page.streams) ?? [];
  // Who is followed comes first; within both parts the chosen order stands.
  const sorted = shown.toSorted((a, b) => Number(isFollowed(b.creator)) - Number(isFollowed(a.creator)));
  const now = new Date(streams.dataUpdatedAt);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{t("viewer.home-title")}</Title>
        <Text c="dimmed">{t("viewer.home-claim")}</Text>
      </div>
      <Filters filters={filters} />
      {streams.error && (
        <Problem
          error={streams.error}
          action={{ label: t("common.retry"), onClick: () => void streams.refetch() }}
        />
      )}
      {streams.isPending && (
        <output className="stream-grid" aria-label={t("common.loading")} aria-busy>
          {PLACEHOLDERS.map((key) => (
            <Skeleton key={key} className="stream-card-placeholder" radius="lg" />
          ))}
        </output>
      )}
      {streams.data && sorted.length === 0 && (
        <>
          {filters.active ? (
            <PageState icon={<IconMoodEmpty size={40} />} title={t("viewer.home-no-match")}>
              <Button variant="default" mt="xs" onClick={filters.clear}>
                {t("viewer.filter-clear")}
              </Button>
            </PageState>
          ) : (
            <PageState icon={<IconBroadcast size={40} />} title={t("viewer.home-empty")}>
              <Text c="dimmed">{t("viewer.home-empty-advice")}</Text>
              <Button component="a" href="/studio/" mt="xs">
                {t("viewer.go-live")}
              </Button>
            </PageState>
          )}
        </>
      )}
      {sorted.length > 0 && (
        <ul className="stream-grid" aria-label={t("viewer.home-title")}>
          {sorted.map((stream) => (
            <li key={stream.id}>
              <StreamCard
                stream={stream}
                token={node.data?.token}
                price={price.data ?? null}
                followed={isFollowed(stream.creator)}
                now={now}
              />
            </li>
          ))}
        </ul>
      )}
      {streams.hasNextPage && (
        <Button
          variant="default"
          mx="auto"
          loading={streams.isFetchingNextPage}
          onClick={() => void streams.fetchNextPage()}
        >
          {t("viewer.home-more")}
        </Button>
      )}
    </Stack>
  );
}
