// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import type { CreatorLogin } from "@tickstream/sdk";
import { ConnectWallet, PageState, Problem, useT, useWallet } from "@tickstream/ui";
import type { ReactNode } from "react";
import { useSession } from "./session-provider.tsx";

/** What is only for a creator who is signed in; before that, the way there. */
export function SignedIn({ children }: { children: (login: CreatorLogin) => ReactNode }) {
  const { wallet } = useWallet();
  const { login, signIn, signingIn, error } = useSession();
  const t = useT();
  // What fails is in `error`.
  if (login) return children(login);
  return (
    <PageState title={t("creator.sign-in-title")} heading={1} icon={<IconKey size={40} />}>
      <Text maw={480}>{wallet ? t("creator.sign-in-explained") : t("creator.connect-explained")}</Text>
      <Stack mt="md" gap="sm" align="center">
        {wallet ? (
          <Button loading={signingIn} onClick={() => void signIn().catch(() => undefined)}>
            {t("creator.sign-in")}
          </Button>
        ) : (
          <ConnectWallet />
        )}
        {error !== undefined && <Problem error={error} />}
      </Stack>
    </PageState>
  );
}
