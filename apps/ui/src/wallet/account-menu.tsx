// SPDX-License-Identifier: Apache-2.0
import "../theme/more-styles.ts";
import { Button, Menu, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCopy, IconPlugConnectedX, IconSwitchHorizontal } from "@tabler/icons-react";
import type { ConnectedWallet, WalletAccount } from "@tickstream/sdk";
import { shortAddress } from "../format/format.ts";
import { useT } from "../i18n/use-t.tsx";
import { Identicon } from "../identicon/identicon.tsx";
import { useWallet } from "./wallet-context.ts";

/** The chosen account, the others, and what can be done with the connection. */
export default function AccountMenu(props: { connection: ConnectedWallet; account: WalletAccount }) {
  const { connection, account } = props;
  const { accounts, choose, open, disconnect } = useWallet();
  const t = useT();
  const clipboard = useClipboard();
  return (
    <Menu position="bottom-end" width={280} withinPortal>
      <Menu.Target>
        <Button
          className="account-button"
          variant="default"
          size="sm"
          px="xs"
          aria-label={`${t("wallet.account")}: ${account.name || t("wallet.unnamed")}`}
          leftSection={<Identicon address={account.address} size={22} />}
        >
          {account.name || t("wallet.unnamed")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("wallet.accounts-of", { wallet: connection.title })}</Menu.Label>
        {accounts.map(({ address, name }) => (
          <Menu.RadioItem
            key={address}
            value={address}
            checked={address === account.address}
            closeMenuOnClick
            onChange={choose}
          >
            <span className="account-choice">
              <Identicon address={address} size={28} />
              <span>
                {name || t("wallet.unnamed")}
                <Text component="span" display="block" size="xs" c="dimmed">
                  {shortAddress(address)}
                </Text>
              </span>
            </span>
          </Menu.RadioItem>
        ))}
        <Menu.Divider />
        <Menu.Item
          closeMenuOnClick={false}
          leftSection={<IconCopy size={16} />}
          onClick={() => clipboard.copy(account.address)}
        >
          {clipboard.copied ? t("common.copied") : t("wallet.copy-address")}
        </Menu.Item>
        <Menu.Item leftSection={<IconSwitchHorizontal size={16} />} onClick={open}>
          {t("wallet.switch")}
        </Menu.Item>
        <Menu.Item leftSection={<IconPlugConnectedX size={16} />} onClick={disconnect}>
          {t("wallet.disconnect")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
