// SPDX-License-Identifier: Apache-2.0
import { Button, type ButtonProps } from "@mantine/core";
import { IconWallet } from "@tabler/icons-react";
import { useT } from "../i18n/use-t.tsx";
import { useWallet } from "./wallet-context.ts";

/** Opens the choice of wallets. */
export function ConnectWallet(props: Pick<ButtonProps, "fullWidth" | "size" | "variant">) {
  const { open, connecting } = useWallet();
  const t = useT();
  return (
    <Button
      {...props}
      leftSection={<IconWallet size={18} />}
      loading={connecting !== undefined}
      onClick={open}
    >
      {t("wallet.connect")}
    </Button>
  );
}
