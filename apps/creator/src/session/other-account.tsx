// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from "@mantine/core";
import { IconSwitchHorizontal } from "@tabler/icons-react";
import type { WalletAccount } from "@tickstream/sdk";
import { PageState, shortAddress, useT, useWallet } from "@tickstream/ui";
import type { ReactNode } from "react";

/** What is one account's, while another is chosen: whose it is, and the way back there. */
export function OtherAccount(props: {
  owner: string;
  chosen: WalletAccount;
  /** Whether it is a stream of the owner's, or only who signed in. */
  isStream: boolean;
  children?: ReactNode;
}) {
  const { owner, chosen, isStream, children } = props;
  const t = useT();
  const { accounts, choose } = useWallet();
  const known = accounts.find(({ address }) => address === owner);
  const names = {
    account: known?.name || shortAddress(owner),
    chosen: chosen.name || shortAddress(chosen.address),
  };
  return (
    <PageState
      title={t(isStream ? "creator.other-stream" : "creator.other-signed-in", names)}
      heading={1}
      icon={<IconSwitchHorizontal size={40} />}
    >
      <Text maw={480}>{t(known ? "creator.other-chosen" : "creator.other-gone", names)}</Text>
      <Stack mt="md" gap="sm" align="center">
        {known && <Button onClick={() => choose(owner)}>{t("creator.other-choose", names)}</Button>}
        {children}
      </Stack>
    </PageState>
  );
}
