// SPDX-License-Identifier: Apache-2.0
import { Button, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import type { CreatorLogin } from "@tickstream/sdk";
import { ConnectWallet, PageState, Problem, useT, useWallet } from "@tickstream/ui";
import type { ReactNode } from "react";
import { OtherAccount } from "./other-account.tsx";
import { useSession } from "./session-provider.tsx";

/** What is only for a creator who is signed in; before that, the way there. */
export function SignedIn(props: {
  /** Whose it is; anybody's who signs in where left out. */
  creator?: string | null;
  children: (login: CreatorLogin) => ReactNode;
}) {
  const { children } = props;
  const creator = props.creator ?? undefined;
  const { wallet, account } = useWallet();
  const { login, signedInAs, signIn, signingIn, error } = useSession();
  const t = useT();
  if (login && (creator === undefined || creator === login.address)) return children(login);
  // What fails is in `error`.
  const way = (
    <>
      {wallet ? (
        <Button
          variant={signedInAs === undefined ? "filled" : "default"}
          loading={signingIn}
          onClick={() => void signIn().catch(() => undefined)}
        >
          {t("creator.sign-in")}
        </Button>
      ) : (
        <ConnectWallet />
      )}
      {error !== undefined && <Problem error={error} />}
    </>
  );
  const owner = creator ?? signedInAs;
  if (account && owner !== undefined && account.address !== owner) {
    return (
      <OtherAccount owner={owner} chosen={account} isStream={creator !== undefined}>
        {creator === undefined && way}
      </OtherAccount>
    );
  }
  return (
    <PageState title={t("creator.sign-in-title")} heading={1} icon={<IconKey size={40} />}>
      <Text maw={480}>{wallet ? t("creator.sign-in-explained") : t("creator.connect-explained")}</Text>
      <Stack mt="md" gap="sm" align="center">
        {way}
      </Stack>
    </PageState>
  );
}
