// SPDX-License-Identifier: Apache-2.0
import "../theme/more-styles.ts";
import { Badge, Loader, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { listWallets } from "@tickstream/sdk";
import { Dialog } from "../components/dialog.tsx";
import { Problem } from "../components/problem.tsx";
import { useT } from "../i18n/use-t.tsx";
import { NoWallet } from "./no-wallet.tsx";
import { rememberedWallet } from "./remembered.ts";
import { useWallet } from "./wallet-context.ts";

/** Every wallet of this browser to choose from. Only the chosen one is asked. */
export default function ConnectDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { connecting, error, connect } = useWallet();
  const wallets = useQuery({ queryKey: ["wallets"], queryFn: () => listWallets(), staleTime: 0, gcTime: 0 });
  const last = rememberedWallet();
  return (
    <Dialog title={t("wallet.choose-title")} onClose={onClose}>
      <Stack gap="md">
        {error !== undefined && <Problem error={error} />}
        {wallets.isPending && (
          <Text size="sm" c="dimmed">
            <Loader size="xs" mr="xs" />
            {t("wallet.looking")}
          </Text>
        )}
        {wallets.data?.length === 0 && <NoWallet onLookAgain={() => void wallets.refetch()} />}
        {wallets.data !== undefined && wallets.data.length > 0 && (
          <>
            <Text size="sm" c="dimmed">
              {t("wallet.choose-intro")}
            </Text>
            <Stack gap="xs">
              {wallets.data.map(({ name, title, icon, version }) => (
                <UnstyledButton
                  key={name}
                  className="wallet-choice"
                  disabled={connecting !== undefined}
                  onClick={() => void connect(name)}
                >
                  <img className="wallet-icon" src={icon} alt="" />
                  <span>
                    <Text component="span" display="block" fw={600}>
                      {title}
                    </Text>
                    <Text component="span" display="block" size="xs" c="dimmed">
                      {version === "" ? name : t("wallet.version", { version })}
                    </Text>
                  </span>
                  <span style={{ marginInlineStart: "auto" }}>
                    {connecting === name ? (
                      <Loader size="sm" />
                    ) : (
                      last === name && <Badge variant="light">{t("wallet.last-used")}</Badge>
                    )}
                  </span>
                </UnstyledButton>
              ))}
            </Stack>
            <Text size="sm" c="dimmed" aria-live="polite">
              {connecting !== undefined &&
                t("wallet.waiting", {
                  wallet: wallets.data.find(({ name }) => name === connecting)?.title ?? connecting,
                })}
            </Text>
          </>
        )}
      </Stack>
    </Dialog>
  );
}
