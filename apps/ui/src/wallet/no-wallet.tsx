// SPDX-License-Identifier: Apache-2.0
import { Anchor, Button, Divider, Group, Stack, Text } from "@mantine/core";
import { QRCodeSVG } from "qrcode.react";
import { CopyButton } from "../components/copy-button.tsx";
import { useT } from "../i18n/use-t.tsx";

/** Where each wallet is to be had: its makers' own page, which knows the browser it is opened in. */
const WALLETS = [
  { title: "Polkadot.js", url: "https://polkadot.js.org/extension/", text: "wallet.get-polkadot-js" },
  { title: "Talisman", url: "https://talisman.xyz/download", text: "wallet.get-talisman" },
  { title: "SubWallet", url: "https://www.subwallet.app/download.html", text: "wallet.get-subwallet" },
] as const;

/** Links that open an address in the browser of a wallet app. */
const PHONE_LINKS = [
  {
    title: "Nova Wallet",
    link: (page: string) => `novawallet://nova/open/dapp?url=${encodeURIComponent(page)}`,
  },
  {
    title: "SubWallet",
    link: (page: string) => `https://mobile.subwallet.app/browser?url=${encodeURIComponent(page)}`,
  },
] as const;

const isPhone = (): boolean => /Android|iPhone|iPad/i.test(navigator.userAgent);

/** How to get a wallet, on a computer and on a phone. */
export function NoWallet({ onLookAgain }: { onLookAgain: () => void }) {
  const t = useT();
  const page = location.href;
  const phone = (
    <Stack gap="sm">
      <Text fw={600}>{t("wallet.phone-title")}</Text>
      <Text size="sm">{t(isPhone() ? "wallet.phone-here" : "wallet.phone-intro")}</Text>
      {isPhone() ? (
        PHONE_LINKS.map(({ title, link }) => (
          <Button key={title} component="a" href={link(page)} fullWidth>
            {t("wallet.open-in", { wallet: title })}
          </Button>
        ))
      ) : (
        <Group align="center">
          <QRCodeSVG value={page} size={120} marginSize={2} title={t("wallet.qr")} />
          <CopyButton text={page} />
        </Group>
      )}
    </Stack>
  );
  return (
    <Stack gap="md">
      <Text fw={600}>{t("wallet.none-title")}</Text>
      {isPhone() && phone}
      <Text size="sm">{t("wallet.none-intro")}</Text>
      <Stack gap="xs">
        {WALLETS.map(({ title, url, text }) => (
          <div key={title}>
            <Anchor href={url} target="_blank" rel="noopener noreferrer" fw={600}>
              {t("wallet.get", { wallet: title })}
            </Anchor>
            <Text size="xs" c="dimmed">
              {t(text)}
            </Text>
          </div>
        ))}
      </Stack>
      <Button variant="default" onClick={onLookAgain}>
        {t("wallet.look-again")}
      </Button>
      {!isPhone() && (
        <>
          <Divider />
          {phone}
        </>
      )}
      <Text size="xs" c="dimmed">
        {t("wallet.none-free")}
      </Text>
    </Stack>
  );
}
