// SPDX-License-Identifier: Apache-2.0
import type { I18n } from "@lingui/core";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { I18nProvider, loadI18n } from "./i18n/i18n-provider.tsx";
import type { App } from "./messages/catalog.ts";
import { ClientProvider } from "./node/client-provider.tsx";
import { colorSchemeManager } from "./theme/color-scheme.ts";
import { cssVariables, theme } from "./theme/theme.ts";
import { WalletProvider } from "./wallet/wallet-provider.tsx";

const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, staleTime: 2_000, refetchOnWindowFocus: true } },
});

/** What every page of an app stands in: colours, texts, the node, the wallet. */
function AppProviders(props: { app: App; i18n: I18n; children: ReactNode }) {
  const { app, i18n, children } = props;
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      cssVariablesResolver={cssVariables}
    >
      <I18nProvider app={app} i18n={i18n}>
        <QueryClientProvider client={queries}>
          <ClientProvider>
            <WalletProvider>{children}</WalletProvider>
          </ClientProvider>
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  );
}

/** Draws an app into `#root` of its page, once its texts are there. */
export async function startApp(app: App, content: ReactNode): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no #root");
  const i18n = await loadI18n(app);
  createRoot(root).render(
    <StrictMode>
      <AppProviders app={app} i18n={i18n}>
        {content}
      </AppProviders>
    </StrictMode>,
  );
}
