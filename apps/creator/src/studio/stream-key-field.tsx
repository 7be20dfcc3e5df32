// SPDX-License-Identifier: Apache-2.0
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconEye, IconEyeOff, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type CreatorLogin, rotateStreamKey } from "@tickstream/sdk";
import { CopyButton, Problem, useClient, useT } from "@tickstream/ui";
import { useState } from "react";
import { useStreamKeys } from "./stream-keys.tsx";

/** The stream key, hidden until it is asked for: studios are seen by others. */
export function StreamKeyField({
  stream,
  login,
  label,
}: {
  stream: string;
  login: CreatorLogin;
  label: string;
}) {
  const t = useT();
  const client = useClient();
  const { keyOf, remember } = useStreamKeys();
  const [shown, setShown] = useState(false);
  const [asking, setAsking] = useState(false);
  const key = keyOf(stream);
  const rotate = useMutation({
    mutationFn: () => rotateStreamKey({ client, login, stream }),
    onSuccess: (made) => {
      remember(stream, made);
      setAsking(false);
    },
  });
  const renew = (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconRefresh size={14} />}
      onClick={() => setAsking(true)}
    >
      {t("creator.rotate")}
    </Button>
  );
  return (
    <div>
      {key === undefined ? (
        <>
          <Text size="sm" fw={500}>
            {label}
          </Text>
          <Text size="sm" mb="xs">
            {t("creator.key-unknown")}
          </Text>
          {renew}
        </>
      ) : (
        <Stack gap="xs">
          <TextInput
            label={label}
            description={t("creator.key-secret")}
            readOnly
            autoComplete="off"
            type={shown ? "text" : "password"}
            value={key}
          />
          <Group gap="xs">
            <Button
              variant="default"
              size="xs"
              leftSection={shown ? <IconEyeOff size={14} /> : <IconEye size={14} />}
              onClick={() => setShown(!shown)}
            >
              {t(shown ? "creator.hide" : "creator.reveal")}
            </Button>
            <CopyButton text={key} />
            {renew}
          </Group>
        </Stack>
      )}
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("creator.rotate-title")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <Stack gap="md">
          <Text size="sm">{t("creator.rotate-text")}</Text>
          {rotate.isError && <Problem error={rotate.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t("common.cancel")}
            </Button>
            <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
              {t("creator.rotate-confirm")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  );
}
