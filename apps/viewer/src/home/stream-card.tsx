// SPDX-License-Identifier: Apache-2.0
import { Badge, Group, Text } from "@mantine/core";
import { IconEye, IconHeartFilled } from "@tabler/icons-react";
import { costOf, Identicon, inCurrency, LiveBadge, shortAddress, useFormat, useT } from "@tickstream/ui";
import type { StreamSummary, Token, TokenPrice } from "@tickstream/contracts-types";
import { Link } from "react-router";

const MINUTE_MS = 60_000;
/** More tags than these push the price out of sight. */
const SHOWN_TAGS = 3;

/** One stream of the list. The title is the link, and its click area the whole card. */
export function StreamCard(props: {
  stream: StreamSummary;
  token: Token | undefined;
  price: TokenPrice | null;
  followed: boolean;
  now: Date;
}) {
  const { stream, token, price, followed, now } = props;
  const t = useT();
  const format = useFormat();
  const minute = costOf(stream.rate, stream.tickMs, MINUTE_MS);
  return (
    <article className="stream-card">
      <div className="stream-picture">
        {stream.picture ? (
          <img src={stream.picture} alt="" loading="lazy" decoding="async" />
        ) : (
          <span className="stream-no-picture" aria-hidden>
            <img src="/favicon.svg" alt="" />
          </span>
        )}
        <span className="stream-live">
          <LiveBadge>{t("common.live")}</LiveBadge>
        </span>
        <span className="stream-viewers figure">
          <IconEye size={14} aria-hidden /> {format.number(stream.viewers)}
          <span className="visually-hidden">{t("common.viewers", { count: stream.viewers })}</span>
        </span>
      </div>
      <div className="stream-text">
        {stream.creator && <Identicon address={stream.creator} size={36} />}
        <div className="stream-words">
          <Link to={`/watch/${stream.id}`} className="stream-title">
            {stream.title}
          </Link>
          <Text size="sm" c="dimmed" truncate>
            {followed && <IconHeartFilled size={12} aria-label={t("viewer.followed")} />}{" "}
            {stream.creator ? shortAddress(stream.creator) : t("viewer.anonymous")}
            {stream.startedAt && ` · ${format.since(new Date(stream.startedAt), now)}`}
          </Text>
          <Text size="sm" fw={650} className="figure">
            {stream.rate === 0n && t("common.free")}
            {stream.rate > 0n && token && format.perMinute(stream.rate, stream.tickMs, token)}
            {stream.rate > 0n && token && price && (
              <Text component="span" size="sm" c="dimmed" fw={400}>
                {" "}
                ≈ {format.currency(inCurrency(minute, token, price.perUnit), price.currency)}
              </Text>
            )}
          </Text>
          <Group gap={4} mt={6}>
            <Badge variant="default" size="sm">
              {t(`viewer.category-${stream.category}`)}
            </Badge>
            {stream.language && (
              <Badge variant="default" size="sm">
                {format.languageName(stream.language)}
              </Badge>
            )}
            {stream.tags.slice(0, SHOWN_TAGS).map((tag) => (
              <Link key={tag} to={`/?tag=${encodeURIComponent(tag)}`} className="tag">
                #{tag}
              </Link>
            ))}
          </Group>
        </div>
      </div>
    </article>
  );
}
