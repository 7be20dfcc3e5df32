// SPDX-License-Identifier: Apache-2.0
import { Badge, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { NodeInfo, StreamSummary } from "@tickstream/contracts-types";
import { useEffect } from "react";
import { Link } from "react-router";
import { Problem } from "../components/problem.tsx";
import { formatRate, formatSince, shortAddress } from "../format/format.ts";
import { useLiveStreams, useNode } from "../node/use-node.ts";
import { explainProblem } from "../problems/explain-problem.ts";

/** Home: what is live on this node. */
export function LiveListPage() {
  const streams = useLiveStreams();
  const node = useNode();
  useEffect(() => {
    document.title = "Live now · Tickstream";
  }, []);
  const loading = streams.isPending || (node.isPending && !node.error);
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          Live now
        </Title>
        <Text c="dimmed">Pay for the seconds you watch, and for nothing else.</Text>
      </div>
      {streams.error && (
        <Problem
          problem={explainProblem(streams.error)}
          action={{ label: "Try again", onClick: () => void streams.refetch() }}
        />
      )}
      {loading && <Skeleton height={120} radius="md" aria-label="Loading the list of streams" />}
      {!loading && streams.data?.streams.length === 0 && (
        <Card withBorder padding="xl">
          <Text fw={600}>Nobody is live right now.</Text>
          <Text c="dimmed" size="sm">
            Streams appear here by themselves as soon as somebody starts one.
          </Text>
        </Card>
      )}
      {!loading && streams.data && (
        <SimpleGrid
          cols={{ base: 1, sm: 2, md: 3 }}
          component="ul"
          style={{ listStyle: "none", padding: 0, margin: 0 }}
        >
          {streams.data.streams.map((stream) => (
            <li key={stream.id}>
              <StreamCard stream={stream} node={node.data} now={new Date(streams.dataUpdatedAt)} />
            </li>
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}

function StreamCard(props: { stream: StreamSummary; node: NodeInfo | undefined; now: Date }) {
  const { stream, node, now } = props;
  const viewers = `${stream.viewers} ${stream.viewers === 1 ? "viewer" : "viewers"}`;
  return (
    <Card withBorder className="stream-card" component={Link} to={`/watch/${stream.id}`} h="100%">
      <Group justify="space-between" mb="xs">
        <Badge color="red.9" variant="filled" size="sm">
          Live
        </Badge>
        <Text size="sm" c="dimmed">
          {viewers}
        </Text>
      </Group>
      <Text fw={600} className="stream-title">
        {stream.title}
      </Text>
      <Text size="sm" c="dimmed">
        {stream.creator ? `by ${shortAddress(stream.creator)}` : "anonymous"}
        {stream.startedAt && ` · ${formatSince(new Date(stream.startedAt), now)}`}
      </Text>
      <Text size="sm" fw={600} mt="sm">
        {node || stream.rate === 0n ? formatRate(stream.rate, stream.tickMs, node?.token ?? NO_TOKEN) : ""}
      </Text>
    </Card>
  );
}

/** Only for prices of nothing, which need no token. */
const NO_TOKEN = { symbol: "", decimals: 0 };
