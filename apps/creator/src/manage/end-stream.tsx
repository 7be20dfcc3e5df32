// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { StreamDetail } from "@tickstream/contracts-types";
import { type CreatorLogin, endStream } from "@tickstream/sdk";
import { Problem, useClient, useT } from "@tickstream/ui";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useBroadcast } from "../broadcast/broadcast-provider.tsx";
import { RetireButton } from "./retire-button.tsx";

export function EndStream({ stream, login }: { stream: StreamDetail; login: CreatorLogin }) {
  const t = useT();
  const client = useClient();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { broadcast, view } = useBroadcast();
  const [asking, setAsking] = useState(false);
  const end = useMutation({
    mutationFn: async () => {
      if (view.stream === stream.id) await broadcast.stopLive();
      await endStream({ client, login, stream: stream.id });
    },
    onSuccess: async () => {
      setAsking(false);
      await queries.invalidateQueries();
      await navigate("/");
    },
  });
  if (stream.state === "ended") {
    return stream.rate === 0n ? null : (
      <Card component="section" aria-label={t("creator.retire-title")}>
        <RetireButton stream={stream.id} />
      </Card>
    );
  }
  return (
    <Card component="section" aria-label={t("creator.end-title")}>
      <Title order={2} size="h3" mb="sm">
        {t("creator.end-title")}
      </Title>
      <Text size="sm" mb="md">
        {t("creator.end-text")}
      </Text>
      <div>
        <Button color="live.7" onClick={() => setAsking(true)}>
          {t("creator.end")}
        </Button>
      </div>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("creator.end-confirm-title", { title: stream.title })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <Stack gap="md">
          <Text size="sm">{t("creator.end-text")}</Text>
          {end.isError && <Problem error={end.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t("common.cancel")}
            </Button>
            <Button color="live.7" loading={end.isPending} onClick={() => end.mutate()}>
              {t("creator.end-confirm")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Card>
  );
}
