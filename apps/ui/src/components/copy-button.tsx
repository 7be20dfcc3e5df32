// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useT } from "../i18n/use-t.tsx";

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useT();
  const clipboard = useClipboard({ timeout: 2_000 });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
      onClick={() => clipboard.copy(text)}
    >
      <span aria-live="polite">{clipboard.copied ? t("common.copied") : (label ?? t("common.copy"))}</span>
    </Button>
  );
}
