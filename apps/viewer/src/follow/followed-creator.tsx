// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { liveStreams, type Token, type TokenPrice } from "@tickstream/contracts-types";
import { Identicon, Problem, shortAddress, useClient, useT } from "@tickstream/ui";
import { StreamCard } from "../home/stream-card.tsx";

const REFRESH_MS = 15_000;

/** One creator who is followed, with what they stream now. */
export function FollowedCreator(props: {
  creator: string;
  token: Token | undefined;
  price: TokenPrice | null;
  onUnfollow: () => void;
}) {
  const { creator, token, price, onUnfollow } = props;
  const t = useT();
  const client = useClient();
  const streams = useQuery({
    queryKey: ["streams", "live", "of", creator],
    queryFn: ({ signal }) =>
      client.rest.get(`/api/streams/live?creator=${encodeURIComponent(creator)}`, liveStreams, { signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Stack component="section" gap="sm" aria-label={shortAddress(creator)}>
      <Group gap="sm">
        <Identicon address={creator} size={40} />
        <div>
          <Text fw={600}>{shortAddress(creator)}</Text>
          <Text size="sm" c="dimmed">
            {streams.data &&
              (streams.data.streams.length === 0
                ? t("viewer.following-off-air")
                : t("viewer.following-live", { count: streams.data.streams.length }))}
          </Text>
        </div>
        <Button variant="subtle" size="xs" ms="auto" onClick={onUnfollow}>
          {t("viewer.unfollow")}
        </Button>
      </Group>
      {streams.error && <Problem error={streams.error} />}
      {streams.data && streams.data.streams.length > 0 && (
        <div className="stream-grid">
          {streams.data.streams.map((stream) => (
            <StreamCard
              key={stream.id}
              stream={stream}
              token={token}
              price={price}
              followed
              now={new Date(streams.dataUpdatedAt)}
            />
          ))}
        </div>
      )}
    </Stack>
  );
}
