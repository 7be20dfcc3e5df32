// SPDX-License-Identifier: Apache-2.0
import { Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ChannelId, Token } from "@tickstream/contracts-types";
import { type ChannelSummary, endChannel, listChannels } from "@tickstream/sdk";
import {
  Amount,
  Problem,
  TransactionProgress,
  useClient,
  useFormat,
  useT,
  useTransaction,
  useWallet,
} from "@tickstream/ui";
import { Link } from "react-router";

const REFRESH_MS = 10_000;

/** Money that streams have set aside, and the way to end that. */
export function ChannelList({ owner, token }: { owner: string; token: Token }) {
  const t = useT();
  const client = useClient();
  const channels = useQuery({
    queryKey: ["channels", owner],
    queryFn: () => listChannels({ client, owner }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Stack component="section" gap="sm" aria-labelledby="channels-title">
      <div>
        <Title order={2} size="h3" id="channels-title">
          {t("viewer.channels")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("viewer.channels-note")}
        </Text>
      </div>
      {channels.error && <Problem error={channels.error} />}
      {channels.isPending && <Skeleton height={64} />}
      {channels.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("viewer.channels-none")}
        </Text>
      )}
      {channels.data?.map((channel) => (
        <ChannelRow key={channel.channel} channel={channel} token={token} />
      ))}
    </Stack>
  );
}

function ChannelRow({ channel, token }: { channel: ChannelSummary; token: Token }) {
  const t = useT();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const { wallet } = useWallet();
  const end = useTransaction(async (id: ChannelId, follow) => {
    await endChannel({ client, channel: id, ...(wallet && { wallet }), ...follow });
    await queries.invalidateQueries({ queryKey: ["channels"] });
  });
  return (
    <Card padding="md">
      <Group justify="space-between" gap="sm">
        <div>
          <Link to={`/watch/${channel.stream}`} className="plain-link">
            {t("viewer.channel-stream", { stream: String(channel.stream) })}
          </Link>{" "}
          <Badge variant="default">{t(`viewer.channel-${channel.hold}`)}</Badge>
          <Text size="sm" c="dimmed" className="figure">
            {t("viewer.channel-locked")} <Amount value={channel.locked} token={token} />
            {channel.paid !== null &&
              ` · ${t("viewer.channel-paid", { ticks: format.number(channel.paid) })}`}
          </Text>
        </div>
        {channel.hold === "open" && end.step === undefined && (
          <Button variant="default" size="xs" onClick={() => void end.run(channel.channel)}>
            {t("viewer.channel-end")}
          </Button>
        )}
      </Group>
      {channel.hold === "closing" && (
        <Text size="xs" c="dimmed" mt="xs">
          {t("viewer.channel-closing-note", { block: format.number(channel.end) })}
        </Text>
      )}
      {end.step && <TransactionProgress step={end.step} />}
      {end.error !== undefined && <Problem error={end.error} />}
    </Card>
  );
}
