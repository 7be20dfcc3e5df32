// SPDX-License-Identifier: Apache-2.0
import { type I18n, setupI18n } from "@lingui/core";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { I18nProvider as LinguiProvider } from "@lingui/react";
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from "react";
import { type App, loadCatalog } from "../messages/catalog.ts";
import { type Locale, preferredLocale, rememberLocale } from "./locale.ts";

interface LanguageState {
  locale: Locale;
  /** Switches, and remembers it. */
  choose: (locale: Locale) => Promise<void>;
}

const LanguageContext = createContext<LanguageState | undefined>(undefined);

/** The language of the page, and how to switch it. */
export function useLanguage(): LanguageState {
  const state = use(LanguageContext);
  if (!state) throw new Error("useLanguage outside of AppProviders");
  return state;
}

/** Texts that are loaded, ready for {@link I18nProvider}. Awaited before the first render, so that no id is ever seen. */
export async function loadI18n(app: App): Promise<I18n> {
  const i18n = setupI18n({
    missing: (locale, id) => {
      throw new Error(`no text "${id}" in ${locale}`);
    },
  });
  i18n.setMessagesCompiler(compileMessage);
  const locale = preferredLocale();
  i18n.loadAndActivate({ locale, messages: await loadCatalog(locale, app) });
  return i18n;
}

export function I18nProvider(props: { app: App; i18n: I18n; children: ReactNode }) {
  const { app, i18n, children } = props;
  const [locale, setLocale] = useState(i18n.locale as Locale);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choose = useCallback(
    async (chosen: Locale) => {
      const messages = await loadCatalog(chosen, app);
      i18n.loadAndActivate({ locale: chosen, messages });
      rememberLocale(chosen);
      setLocale(chosen);
    },
    [app, i18n],
  );
  const state = useMemo(() => ({ locale, choose }), [locale, choose]);
  return (
    <LanguageContext value={state}>
      <LinguiProvider i18n={i18n}>{children}</LinguiProvider>
    </LanguageContext>
  );
}
