// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Stack, Text, Title } from "@mantine/core";
import { type InjectedWallet, replaceSessionKey } from "@tickstream/sdk";
import { Problem, TransactionProgress, useClient, useT, useTransaction, useWallet } from "@tickstream/ui";

/** For somebody whose device was copied, or may have been. */
export function ReplaceKey() {
  const t = useT();
  const client = useClient();
  const { wallet } = useWallet();
  const replace = useTransaction((wallet: InjectedWallet, follow) =>
    replaceSessionKey({ client, wallet, ...follow }),
  );
  return (
    <Card component="section" aria-labelledby="key-title">
      <Stack gap="sm" align="flex-start">
        <Title order={2} size="h3" id="key-title">
          {t("viewer.key")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("viewer.key-note")}
        </Text>
        {replace.error !== undefined && <Problem error={replace.error} />}
        {replace.step && <TransactionProgress step={replace.step} />}
        {replace.result && (
          <Text size="sm" component="output">
            {t("viewer.key-replaced", { count: replace.result.length })}
          </Text>
        )}
        <Button
          variant="default"
          loading={replace.step !== undefined}
          disabled={!wallet}
          onClick={() => wallet && void replace.run(wallet)}
        >
          {t("viewer.key-replace")}
        </Button>
      </Stack>
    </Card>
  );
}
