// SPDX-License-Identifier: Apache-2.0
import { Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { NodeInfo } from "@tickstream/contracts-types";
import { streamTips } from "@tickstream/sdk";
import { Identicon, shortAddress, useClient, useFormat, useT } from "@tickstream/ui";

const REFRESH_MS = 4_000;
const SHOWN = 20;

/** Tips as they come, the newest first. */
export function Tips({ stream, node }: { stream: string; node: NodeInfo }) {
  const t = useT();
  const client = useClient();
  const { amount, dateTime } = useFormat();
  const tips = useQuery({
    queryKey: ["tips", stream],
    queryFn: ({ signal }) => streamTips({ client, stream, limit: SHOWN, signal }),
    refetchInterval: REFRESH_MS,
    refetchIntervalInBackground: true,
  });
  return (
    <section aria-label={t("creator.tips-title")}>
      <Title order={2} size="h3" mb="xs">
        {t("creator.tips-title")}
      </Title>
      <Stack gap="sm" aria-live="polite" className="tips" tabIndex={0} role="log">
        {tips.data?.tips.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("creator.tips-empty")}
          </Text>
        )}
        {tips.data?.tips.map((tip) => (
          <Group key={tip.id} gap="sm" wrap="nowrap" align="flex-start">
            <Identicon address={tip.from} size={28} />
            <div>
              <Text size="sm" fw={600} title={tip.from}>
                {t("creator.tip-from", {
                  amount: amount(tip.amount, node.token),
                  from: shortAddress(tip.from),
                })}
              </Text>
              {tip.note !== "" && <Text size="sm">{tip.note}</Text>}
              <Text size="xs" c="dimmed">
                {dateTime(new Date(tip.at))}
                {!tip.final && ` · ${t("creator.tip-pending")}`}
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </section>
  );
}
