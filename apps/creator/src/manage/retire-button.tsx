// SPDX-License-Identifier: Apache-2.0
import { Button, Modal, Stack, Text } from "@mantine/core";
import { type InjectedWallet, retireStream } from "@tickstream/sdk";
import { Problem, TransactionProgress, useClient, useT, useTransaction, useWallet } from "@tickstream/ui";
import { useState } from "react";

/** Takes an ended stream's record off the chain, so that its deposit comes back. */
export function RetireButton({ stream }: { stream: string }) {
  const t = useT();
  const client = useClient();
  const { wallet } = useWallet();
  const [asking, setAsking] = useState(false);
  const { step, error, done, run } = useTransaction((signer: InjectedWallet, { onStep }) =>
    retireStream({ client, wallet: signer, stream, onStep }),
  );
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
            !step && <Button onClick={() => void run(wallet)}>{t("creator.retire")}</Button>
          )}
        </Stack>
      </Modal>
    </>
  );
}
