// SPDX-License-Identifier: Apache-2.0
import { Button, Code, Group, Stack, Text } from "@mantine/core";
import type { StreamDetail } from "@tickstream/contracts-types";
import { CopyButton, useT } from "@tickstream/ui";
import { Dialog } from "@tickstream/ui/dialog";

/** The stream's address, and how to put its player into a page of one's own. */
export default function ShareDialog({ stream, onClose }: { stream: StreamDetail; onClose: () => void }) {
  const t = useT();
  const link = `${location.origin}/watch/${stream.id}`;
  const frame =
    `<iframe src="${location.origin}/embed/${stream.id}" width="640" height="360" title="Tickstream" ` +
    `allow="autoplay; fullscreen; picture-in-picture" style="border:0"></iframe>`;
  const element =
    `<script type="module" src="${location.origin}/embed.js"></script>\n` +
    `<tickstream-player node="${location.origin}" stream="${stream.id}"></tickstream-player>`;
  const system = "share" in navigator;
  return (
    <Dialog title={t("viewer.share")} size="lg" onClose={onClose}>
      <Stack gap="lg">
        <Snippet label={t("viewer.share-link")} text={link}>
          {system && (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                // Closing the system's dialog is no failure.
                navigator.share({ url: link, title: stream.title }).catch(() => undefined);
              }}
            >
              {t("viewer.share-system")}
            </Button>
          )}
        </Snippet>
        <Snippet label={t("viewer.share-frame")} text={frame} />
        <Snippet label={t("viewer.share-element")} text={element} />
      </Stack>
    </Dialog>
  );
}

function Snippet(props: { label: string; text: string; children?: React.ReactNode }) {
  const { label, text, children } = props;
  return (
    <Stack gap={6}>
      <Text fw={600} size="sm">
        {label}
      </Text>
      <Code block className="snippet">
        {text}
      </Code>
      <Group gap="xs">
        <CopyButton text={text} />
        {children}
      </Group>
    </Stack>
  );
}
