// SPDX-License-Identifier: Apache-2.0
// The parts that both apps are made of. Their styles are `@tickstream/ui/styles`, imported once by each app.
export { startApp } from "./app-providers.tsx";
export { Amount } from "./components/amount.tsx";
export { AmountInput, readAmount } from "./components/amount-input.tsx";
export { Chart } from "./components/chart.tsx";
export { CopyButton } from "./components/copy-button.tsx";
export { LiveBadge } from "./components/live-badge.tsx";
export { Loading } from "./components/loading.tsx";
export { PageState } from "./components/page-state.tsx";
export { Problem } from "./components/problem.tsx";
export { TransactionProgress } from "./components/transaction-progress.tsx";
export { saveFile } from "./files/save-file.ts";
export { amountText, costOf, formatDuration, inCurrency, shortAddress } from "./format/format.ts";
export { useFormat } from "./format/use-format.ts";
export { useLanguage } from "./i18n/i18n-provider.tsx";
export type { MessageId } from "./i18n/message-values.ts";
export { T, type Translate, useT } from "./i18n/use-t.tsx";
export { Identicon } from "./identicon/identicon.tsx";
export { useClient } from "./node/client-provider.tsx";
export { useNode, usePrice } from "./node/use-node.ts";
export { usePreference } from "./preferences/preferences.ts";
export { registerServiceWorker } from "./pwa/register-service-worker.ts";
export { explainProblem } from "./problems/explain-problem.ts";
export { AppShell, type NavItem } from "./shell/app-shell.tsx";
export { usePageTitle } from "./shell/use-page-title.ts";
export { ConnectWallet } from "./wallet/connect-wallet.tsx";
export { type Transaction, useTransaction } from "./wallet/use-transaction.ts";
export { useWallet } from "./wallet/wallet-context.ts";
