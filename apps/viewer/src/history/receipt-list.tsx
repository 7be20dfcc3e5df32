// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Group, Stack, Text } from "@mantine/core";
import { formatReceipts, planck, type Receipt, type Token } from "@tickstream/contracts-types";
import { Amount, formatDuration, saveFile, useFormat, useT } from "@tickstream/ui";
import { useState } from "react";

const PAGE = 20;

/** A receipt of each channel that something was paid with. */
export function ReceiptList({ receipts, token }: { receipts: Receipt[]; token: Token }) {
  const t = useT();
  const format = useFormat();
  const [shown, setShown] = useState(PAGE);
  return (
    <Stack gap="xs">
      {receipts.slice(0, shown).map((receipt) => {
        const { proof, about } = receipt;
        return (
          <Card key={proof.channel} padding="sm">
            <Group justify="space-between" gap="sm">
              <div className="wrapping">
                <Text fw={600}>{about.title}</Text>
                <Text size="sm" c="dimmed">
                  {about.startedAt !== null && `${format.dateTime(new Date(about.startedAt))} · `}
                  {about.tickMs === null
                    ? t("viewer.channel-paid", { ticks: format.number(proof.ticks) })
                    : formatDuration((proof.ticks * about.tickMs) / 1000)}
                </Text>
              </div>
              <Group gap="sm">
                <Text fw={600}>
                  <Amount value={planck(proof.amount + proof.commitment.openFee)} token={token} />
                </Text>
                <Button
                  variant="default"
                  size="xs"
                  onClick={() =>
                    saveFile(
                      `receipt-${proof.channel.slice(2, 10)}.json`,
                      new Blob([formatReceipts([receipt])], { type: "application/json" }),
                    )
                  }
                >
                  {t("viewer.receipt-download")}
                </Button>
              </Group>
            </Group>
          </Card>
        );
      })}
      {receipts.length > shown && (
        <Button variant="default" size="xs" onClick={() => setShown((n) => n + PAGE)}>
          {t("viewer.home-more")}
        </Button>
      )}
    </Stack>
  );
}
