// SPDX-License-Identifier: Apache-2.0
import "@tickstream/ui/more-styles";
import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconWallet } from "@tabler/icons-react";
import {
  ConnectWallet,
  Identicon,
  PageState,
  Problem,
  shortAddress,
  useNode,
  usePageTitle,
  useT,
  useWallet,
} from "@tickstream/ui";
import { ChannelList } from "../wallet/channel-list.tsx";
import { FundForm } from "../wallet/fund-form.tsx";
import { ReplaceKey } from "../wallet/replace-key.tsx";
import { TabOverview } from "../wallet/tab-overview.tsx";
import { useTabMoney } from "../wallet/use-tab-money.ts";

/** The account's money in Tickstream: in the tab, in channels, and the way back to the wallet. */
export default function WalletPage() {
  const t = useT();
  usePageTitle(t("viewer.wallet-title"));
  const { account, connection } = useWallet();
  const node = useNode();
  const money = useTabMoney({ refresh: true });
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>{t("viewer.wallet-title")}</Title>
        <Text c="dimmed">{t("viewer.wallet-intro")}</Text>
      </div>
      {node.error && <Problem error={node.error} />}
      {!account || !connection ? (
        <PageState icon={<IconWallet size={40} />} title={t("viewer.wallet-unconnected")}>
          <Text c="dimmed" maw="36rem">
            {t("viewer.wallet-unconnected-advice")}
          </Text>
          <ConnectWallet />
        </PageState>
      ) : (
        node.data && (
          <>
            <Group gap="sm" wrap="nowrap">
              <Identicon address={account.address} size={40} />
              <div>
                <Text fw={600}>{account.name || t("wallet.unnamed")}</Text>
                <Text size="sm" c="dimmed">
                  {shortAddress(account.address)} · {connection.title}
                </Text>
              </div>
            </Group>
            {money.error && <Problem error={money.error} />}
            <div className="wallet-layout">
              <Card component="section" aria-labelledby="tab-title">
                <TabOverview money={money.data} token={node.data.token} />
              </Card>
              <Card component="section" aria-labelledby="fund-title">
                <FundForm hasTab={money.data !== null && money.data !== undefined} node={node.data} />
              </Card>
            </div>
            <ChannelList owner={account.address} token={node.data.token} />
            <ReplaceKey />
          </>
        )
      )}
    </Stack>
  );
}
