// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconHeart } from "@tabler/icons-react";
import { PageState, Problem, useNode, usePageTitle, usePrice, useT, useWallet } from "@tickstream/ui";
import { Link } from "react-router";
import { FollowedCreator } from "../follow/followed-creator.tsx";
import { useFollows } from "../follow/use-follows.ts";
import { useFollowsOnNode } from "../follow/use-follows-on-node.ts";

/** Who is followed, and what of it is live. */
export default function FollowingPage() {
  const t = useT();
  usePageTitle(t("viewer.following-title"));
  const { creators, toggle } = useFollows();
  const node = useNode();
  const price = usePrice();
  const { wallet, open } = useWallet();
  const onNode = useFollowsOnNode();
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={1}>{t("viewer.following-title")}</Title>
          <Text c="dimmed">{t("viewer.following-intro")}</Text>
        </div>
        <Button
          variant="default"
          loading={onNode.busy}
          onClick={() => (wallet ? void onNode.synchronise(wallet) : open())}
        >
          {t("viewer.following-keep")}
        </Button>
      </Group>
      {onNode.error !== undefined && <Problem error={onNode.error} />}
      {onNode.done && (
        <Text size="sm" component="output">
          {t("viewer.following-kept")}
        </Text>
      )}
      {creators.length === 0 && (
        <PageState icon={<IconHeart size={40} />} title={t("viewer.following-none")}>
          <Text c="dimmed">{t("viewer.following-none-advice")}</Text>
          <Link to="/">{t("viewer.to-live")}</Link>
        </PageState>
      )}
      {creators.map((creator) => (
        <FollowedCreator
          key={creator}
          creator={creator}
          token={node.data?.token}
          price={price.data ?? null}
          onUnfollow={() => toggle(creator)}
        />
      ))}
    </Stack>
  );
}
