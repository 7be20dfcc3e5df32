// SPDX-License-Identifier: Apache-2.0
import { Anchor, Card, Code, Group, Stack, Text, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import {
  planck,
  type EarningsCsvQuery,
  type EarningsEvent,
  type NodeInfo,
  type Token,
} from "@tickstream/contracts-types";
import { type CreatorLogin, earningsEvents } from "@tickstream/sdk";
import { Amount, Problem, shortAddress, useClient, useFormat, useT } from "@tickstream/ui";
import { Pager, usePages } from "../components/pager.tsx";
import { explorerLink } from "./explorer-link.ts";

const PAGE = 20;

/** Each payment with the block, extrinsic and event that it is. */
export function EarningsEvents(props: { login: CreatorLogin; query: EarningsCsvQuery; node: NodeInfo }) {
  const { login, query, node } = props;
  const t = useT();
  const client = useClient();
  const pages = usePages();
  const { cursor } = pages;
  const events = useQuery({
    queryKey: ["earnings-events", login.address, query, cursor],
    queryFn: ({ signal }) =>
      earningsEvents({
        client,
        login,
        query: { ...query, limit: PAGE, ...(cursor !== undefined && { cursor }) },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: cursor === undefined ? 6_000 : false,
  });
  const next = events.data?.next ?? null;
  return (
    <section aria-label={t("creator.events-title")}>
      <Title order={2}>{t("creator.events-title")}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t("creator.events-text")}
      </Text>
      {events.isError && <Problem error={events.error} />}
      {events.data?.events.length === 0 && <Text c="dimmed">{t("creator.earnings-none")}</Text>}
      <Stack gap="xs">
        {events.data?.events.map((event) => (
          <EventRow key={`${event.block}-${event.index}`} event={event} node={node} />
        ))}
      </Stack>
      <Pager pages={pages} next={next} />
    </section>
  );
}

function EventRow({ event, node }: { event: EarningsEvent; node: NodeInfo }) {
  const t = useT();
  const { dateTime, number } = useFormat();
  const extrinsic = event.extrinsic === null ? "–" : `${event.block}-${event.extrinsic}`;
  return (
    <Card padding="sm" component="article">
      <details className="event">
        {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- its text is in the components inside */}
        <summary>
          <Group gap="sm" justify="space-between" className="event-line">
            <div>
              <Text size="sm" fw={600}>
                {what(event, t)}
              </Text>
              <Text size="xs" c="dimmed">
                {event.title ?? event.stream} · {dateTime(new Date(event.at))}
              </Text>
            </div>
            <div className="event-figures">
              <Text size="sm" fw={600}>
                <Amount value={event.amount} token={node.token} />
              </Text>
              <Text size="xs" c="dimmed" className="figure">
                {t("creator.event-block")} {number(event.block)} · {t("creator.event-extrinsic")} {extrinsic}
              </Text>
            </div>
          </Group>
        </summary>
        <EventDetails event={event} token={node.token} />
      </details>
      <Anchor
        size="xs"
        href={explorerLink(node.chainUrl, event.blockHash)}
        target="_blank"
        rel="noopener noreferrer"
      >
        {t("creator.explorer")}
      </Anchor>
    </Card>
  );
}

function EventDetails({ event, token }: { event: EarningsEvent; token: Token }) {
  const t = useT();
  const { amount } = useFormat();
  // A share that went elsewhere is told as less.
  const signed = (text: string) =>
    text.startsWith("-")
      ? `−${amount(planck(BigInt(text.slice(1))), token)}`
      : amount(planck(BigInt(text)), token);
  return (
    <dl className="event-details">
      <dt>{t("creator.event-paid")}</dt>
      {event.payments.map(({ account, role, amount: paid }) => (
        <dd key={`${account}-${role}`}>
          <span title={account}>{shortAddress(account)}</span> ({t(`creator.role-${role}`)}):{" "}
          <span className="figure">{signed(paid)}</span>
        </dd>
      ))}
      <dt>{t("creator.event-place", { index: event.index, block: event.block })}</dt>
      <dd>
        {t("creator.event-hash")} <Code>{event.blockHash}</Code>
      </dd>
      {event.channel !== null && (
        <dd>
          {t("creator.event-channel")} <Code>{event.channel}</Code>
        </dd>
      )}
    </dl>
  );
}

function what(event: EarningsEvent, t: ReturnType<typeof useT>): string {
  if (event.name === "Settled") return t("creator.event-Settled", { ticks: event.ticks ?? 0 });
  if (event.name === "Tipped" || event.name === "ShareRedirected") return t(`creator.event-${event.name}`);
  return event.name;
}
