// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconBroadcast } from "@tabler/icons-react";
import type { NodeInfo, StreamDetail } from "@tickstream/contracts-types";
import type { CreatorLogin } from "@tickstream/sdk";
import { Loading, PageState, Problem, useFormat, useNode, usePageTitle, useT } from "@tickstream/ui";
import { Link } from "react-router";
import { StateBadge } from "../components/state-badge.tsx";
import { useSession } from "../session/session-provider.tsx";
import { SignedIn } from "../session/signed-in.tsx";
import { PastStreams } from "./past-streams.tsx";
import { useMyStreams } from "./use-streams.ts";
import { Welcome } from "./welcome.tsx";

/** The studio's first page: what it is for, or one's streams. */
export function StreamsPage() {
  const { signedInAs } = useSession();
  if (signedInAs === undefined) return <Welcome />;
  return <SignedIn>{(login) => <Streams login={login} />}</SignedIn>;
}

function Streams({ login }: { login: CreatorLogin }) {
  const t = useT();
  usePageTitle(t("creator.streams-title"));
  const node = useNode();
  const streams = useMyStreams(login);
  const failed = [streams, node].find((query) => query.isError);
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1}>{t("creator.streams-title")}</Title>
        <Button component={Link} to="/new">
          {t("creator.nav-new")}
        </Button>
      </Group>
      {failed && (
        <Problem
          error={failed.error}
          action={{ label: t("common.retry"), onClick: () => void failed.refetch() }}
        />
      )}
      {streams.isPending && <Loading />}
      {streams.data?.length === 0 && (
        <PageState title={t("creator.streams-empty")} icon={<IconBroadcast size={40} />}>
          <Text>{t("creator.streams-empty-text")}</Text>
        </PageState>
      )}
      {node.data && streams.data && streams.data.length > 0 && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {streams.data.map((stream) => (
            <StreamCard key={stream.id} stream={stream} node={node.data} />
          ))}
        </SimpleGrid>
      )}
      <PastStreams login={login} />
    </Stack>
  );
}

function StreamCard({ stream, node }: { stream: StreamDetail; node: NodeInfo }) {
  const t = useT();
  const { perMinute } = useFormat();
  return (
    <Card component="article" aria-label={stream.title}>
      <Stack gap="sm" h="100%" justify="space-between">
        <div>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Title order={2} size="h3" lineClamp={2}>
              {stream.title}
            </Title>
            <StateBadge state={stream.state} />
          </Group>
          <Text size="sm" c="dimmed">
            {perMinute(stream.rate, stream.tickMs, node.token)} · {t(`creator.category-${stream.category}`)}
          </Text>
          {stream.state === "live" && (
            <Text size="sm" className="figure">
              {t("common.viewers", { count: stream.viewers })}
            </Text>
          )}
        </div>
        <Group gap="sm">
          <Button component={Link} to={`/streams/${stream.id}`} size="sm">
            {t("creator.open-studio")}
          </Button>
          <Button component={Link} to={`/streams/${stream.id}/manage`} variant="default" size="sm">
            {t("creator.manage")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
