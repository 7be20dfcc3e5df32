// SPDX-License-Identifier: Apache-2.0
// The development wallet's door: what an extension's content script would put into a page. Everything else, keys included,
// is loaded when a page asks to connect.

interface InjectedWindow {
  injectedWeb3?: Record<string, { version: string; enable(origin: string): Promise<unknown> }>;
}

const injected = ((window as InjectedWindow).injectedWeb3 ??= {});
injected["tickstream-development"] = {
  version: "0.1.0",
  enable: async (origin) => (await import("./development-wallet.ts")).createDevelopmentWallet(origin),
};
