// SPDX-License-Identifier: Apache-2.0
import { Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconHeart, IconHeartFilled, IconShare } from "@tabler/icons-react";
import type { StreamDetail, Token } from "@tickstream/contracts-types";
import { Identicon, LiveBadge, shortAddress, useFormat, lazyPart, useT } from "@tickstream/ui";
import { Suspense, useState } from "react";
import { Link } from "react-router";
import { useFollows } from "../follow/use-follows.ts";
import { TipButton } from "./tip-button.tsx";

const ShareDialog = lazyPart(() => import("./share-dialog.tsx"));

/** Who streams what, and what one can do about it besides watching. */
export function About({ stream, token }: { stream: StreamDetail; token: Token }) {
  const t = useT();
  const format = useFormat();
  const { isFollowed, toggle } = useFollows();
  const [sharing, setSharing] = useState(false);
  const { creator } = stream;
  const followed = isFollowed(creator);
  return (
    <Stack gap="sm">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <span className="state-badge">
          <StateBadge state={stream.state} />
        </span>
        <Title order={1} size="h2" className="wrapping">
          {stream.title}
        </Title>
      </Group>
      <Group justify="space-between" gap="sm">
        <Group gap="sm" wrap="nowrap">
          {creator && <Identicon address={creator} size={40} />}
          <div>
            <Text fw={600}>{creator ? shortAddress(creator) : t("viewer.anonymous")}</Text>
            <Text size="sm" c="dimmed" className="figure">
              {creator && `${t("viewer.followers", { count: stream.creatorFigures.followers })} · `}
              {t("common.viewers", { count: stream.viewers })}
            </Text>
          </div>
        </Group>
        <Group gap="xs">
          {creator && (
            <Button
              variant={followed ? "light" : "default"}
              size="sm"
              aria-pressed={followed}
              leftSection={followed ? <IconHeartFilled size={16} /> : <IconHeart size={16} />}
              onClick={() => toggle(creator)}
            >
              {t(followed ? "viewer.followed" : "viewer.follow")}
            </Button>
          )}
          {stream.pay !== null && <TipButton stream={stream} token={token} />}
          <Button
            variant="default"
            size="sm"
            leftSection={<IconShare size={16} />}
            onClick={() => setSharing(true)}
          >
            {t("viewer.share")}
          </Button>
        </Group>
      </Group>
      <Group gap={6}>
        <Badge variant="default">{t(`viewer.category-${stream.category}`)}</Badge>
        {stream.language && <Badge variant="default">{format.languageName(stream.language)}</Badge>}
        {stream.tags.map((tag) => (
          <Link key={tag} to={`/?tag=${encodeURIComponent(tag)}`} className="tag">
            #{tag}
          </Link>
        ))}
      </Group>
      {stream.description && <Text className="description">{stream.description}</Text>}
      {sharing && (
        <Suspense>
          <ShareDialog stream={stream} onClose={() => setSharing(false)} />
        </Suspense>
      )}
    </Stack>
  );
}

function StateBadge({ state }: { state: StreamDetail["state"] }) {
  const t = useT();
  if (state === "live") return <LiveBadge>{t("common.live")}</LiveBadge>;
  return (
    <Badge color="gray.7" c="white" variant="filled" size="sm">
      {t(`viewer.state-of-stream-${state}`)}
    </Badge>
  );
}
