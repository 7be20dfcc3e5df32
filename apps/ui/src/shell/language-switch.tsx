// SPDX-License-Identifier: Apache-2.0
import { NativeSelect } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import { useLanguage } from "../i18n/i18n-provider.tsx";
import { type Locale, LOCALES } from "../i18n/locale.ts";
import { useT } from "../i18n/use-t.tsx";

export function LanguageSwitch() {
  const t = useT();
  const { locale, choose } = useLanguage();
  return (
    <NativeSelect
      aria-label={t("common.language")}
      leftSection={<IconLanguage size={16} />}
      value={locale}
      data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
      onChange={(event) => void choose(event.currentTarget.value as Locale)}
    />
  );
}
