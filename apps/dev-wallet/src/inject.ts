// SPDX-License-Identifier: Apache-2.0
// The development wallet's door: what an extension's content script would put into a page. Everything else, keys included,
// is loaded when a page asks to connect.
import type { InjectedWindow } from "@polkadot/extension-inject/types";

const page = window as Window & Partial<Pick<InjectedWindow, "injectedWeb3">>;
page.injectedWeb3 ??= {};
page.injectedWeb3["tickstream-development"] = {
  version: "0.1.0",
  enable: async (origin) => (await import("./development-wallet.ts")).createDevelopmentWallet(origin),
};
