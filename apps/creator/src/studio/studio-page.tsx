// SPDX-License-Identifier: Apache-2.0
import { Anchor, Button, Card, Grid, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { IconSettings } from "@tabler/icons-react";
import type { NodeInfo, StreamDetail } from "@tickstream/contracts-types";
import type { CreatorLogin } from "@tickstream/sdk";
import { CopyButton, Problem, useFormat, usePageTitle, usePreference, useT } from "@tickstream/ui";
import { Link, useParams } from "react-router";
import { useBroadcast } from "../broadcast/broadcast-provider.tsx";
import { StateBadge } from "../components/state-badge.tsx";
import { Health } from "../dashboard/health.tsx";
import { LiveCharts } from "../dashboard/live-charts.tsx";
import { LiveNumbers } from "../dashboard/live-numbers.tsx";
import { Tips } from "../dashboard/tips.tsx";
import { useLiveFigures } from "../dashboard/use-live-figures.ts";
import { SignedIn } from "../session/signed-in.tsx";
import { useStream } from "../streams/use-streams.ts";
import { WithStream } from "../streams/with-stream.tsx";
import { BrowserSource } from "./browser-source.tsx";
import { EncoderSource } from "./encoder-source.tsx";
import { SourceCheck } from "./source-check.tsx";

/** Where a stream is broadcast from, and watched while it is. */
export default function StudioPage() {
  const t = useT();
  const { id = "" } = useParams();
  const { data } = useStream(id);
  usePageTitle(data?.title ?? t("creator.studio-title"));
  return (
    <WithStream id={id}>
      {(stream, node) => (
        <SignedIn creator={stream.creator}>
          {(login) => <Studio stream={stream} node={node} login={login} />}
        </SignedIn>
      )}
    </WithStream>
  );
}

const SOURCES = ["browser", "encoder"] as const;

function Studio({ stream, node, login }: { stream: StreamDetail; node: NodeInfo; login: CreatorLogin }) {
  const t = useT();
  const { view } = useBroadcast();
  const figures = useLiveFigures(stream.id, login);
  const [preferred, setPreferred] = usePreference("source", SOURCES, "browser");
  // What is on air from here is not hidden behind the other choice.
  const source = view.stream === stream.id ? "browser" : preferred;
  const watch = new URL(`/watch/${stream.id}`, location.origin).href;
  const paid = stream.rate > 0n;
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="sm" align="flex-start">
        <div>
          <Group gap="sm">
            <Title order={1}>{stream.title}</Title>
            <StateBadge state={figures.data?.stats.state ?? stream.state} />
          </Group>
          <PriceLine stream={stream} node={node} />
        </div>
        <Group gap="sm">
          <Anchor href={watch} target="_blank" rel="noopener" size="sm">
            {t("creator.nav-watch")}
          </Anchor>
          <CopyButton text={watch} label={t("creator.share-link")} />
          <Button
            component={Link}
            to={`/streams/${stream.id}/manage`}
            variant="default"
            size="xs"
            leftSection={<IconSettings size={14} />}
          >
            {t("creator.manage")}
          </Button>
        </Group>
      </Group>
      {figures.isError && <Problem error={figures.error} />}
      <LiveNumbers stream={stream} stats={figures.data?.stats} node={node} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Card component="section" aria-label={t("creator.source")}>
            <Stack gap="md">
              <SegmentedControl
                aria-label={t("creator.source")}
                value={source}
                disabled={view.stream === stream.id}
                data={SOURCES.map((value) => ({ value, label: t(`creator.source-${value}`) }))}
                onChange={setPreferred}
              />
              {source === "browser" ? (
                <BrowserSource stream={stream.id} login={login} />
              ) : (
                <EncoderSource stream={stream.id} node={node} login={login} />
              )}
            </Stack>
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <Card>
              <Health ingest={figures.data?.stats.ingest} />
            </Card>
            <Card>
              <SourceCheck stream={stream.id} login={login} source={source} />
            </Card>
            {paid && (
              <Card>
                <Tips stream={stream.id} node={node} />
              </Card>
            )}
          </Stack>
        </Grid.Col>
      </Grid>
      <LiveCharts history={figures.data?.history} paid={paid} />
    </Stack>
  );
}

function PriceLine({ stream, node }: { stream: StreamDetail; node: NodeInfo }) {
  const { perMinute } = useFormat();
  return (
    <Text size="sm" c="dimmed">
      {perMinute(stream.rate, stream.tickMs, node.token)}
    </Text>
  );
}
