// SPDX-License-Identifier: Apache-2.0
import { Button, Modal, Stack, Text } from "@mantine/core";
import { retireStream } from "@tickstream/sdk";
import { Problem, TransactionProgress, useClient, useT, useWallet } from "@tickstream/ui";
import { useState } from "react";
import { useTransaction } from "../components/use-transaction.ts";

/** Takes an ended stream's record off the chain, so that its deposit comes back. */
export function RetireButton({ stream }: { stream: string }) {
  const t = useT();
  const client = useClient();
  const { wallet } = useWallet();
  const [asking, setAsking] = useState(false);
  const { step, error, done, run } = useTransaction();
  if (!wallet) return null;
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking(true)}>
        {t("creator.retire-title")}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("creator.retire-title")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <Stack gap="md">
          <Text size="sm">{t("creator.retire-text")}</Text>
          {error !== undefined && <Problem error={error} />}
          {step && <TransactionProgress step={step} />}
          {done ? (
            <Text component="output" display="block" size="sm">
              {t("creator.retired")}
            </Text>
          ) : (
            !step && (
              <Button onClick={() => void run((onStep) => retireStream({ client, wallet, stream, onStep }))}>
                {t("creator.retire")}
              </Button>
            )
          )}
        </Stack>
      </Modal>
    </>
  );
}
