// SPDX-License-Identifier: Apache-2.0
import { injectedProviders, type InjectedProvider } from "./injected-extension.ts";

/** A wallet extension of this browser. Nothing of it was asked yet. */
export interface WalletInfo {
  /** What it calls itself: hand it to `connectWallet`, remember the choice by it. */
  name: string;
  /** For people. */
  title: string;
  version: string;
  /** An image's address. */
  icon: string;
}

/** How people know the extensions, and a colour for each. */
const KNOWN: Record<string, [title: string, colour: string]> = {
  "polkadot-js": ["Polkadot.js", "#e6007a"],
  talisman: ["Talisman", "#5b7a00"],
  "subwallet-js": ["SubWallet", "#004bff"],
  "fearless-wallet": ["Fearless", "#b8008b"],
  polkagate: ["PolkaGate", "#6d28d9"],
  enkrypt: ["Enkrypt", "#7e44f2"],
};
const NOVA: [title: string, colour: string] = ["Nova", "#00629e"];

/** Nothing announces an extension: look again this often. */
const LOOK_AGAIN_MS = 50;

/**
 * The wallet extensions of this browser, polkadot-js and those that speak its protocol (Talisman, SubWallet, Nova, …).
 * Resolves at once where there is one; else when the page has loaded and `waitMs` more have passed, since some
 * extensions come late.
 *
 * @param options.waitMs 400 unless given
 */
export async function listWallets(options: { waitMs?: number } = {}): Promise<WalletInfo[]> {
  const { waitMs = 400 } = options;
  if (injectedProviders().size === 0) {
    await pageLoaded();
    const until = performance.now() + waitMs;
    while (injectedProviders().size === 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
  return [...injectedProviders()].map(([name, provider]) => describe(name, provider));
}

/** An extension by its name in `injectedWeb3`. */
export function describe(name: string, { version }: InjectedProvider): WalletInfo {
  const [title, colour] = isNova(name) ? NOVA : (KNOWN[name] ?? [tidyTitle(name), "#495057"]);
  return { name, title, version: version ?? "", icon: monogram(title, colour) };
}

/**
 * The protocol has no titles, only keys, which look alike: `some-name-js` becomes "Some name wallet". A name in any other form is
 * one that its wallet writes so.
 */
function tidyTitle(name: string): string {
  if (!/^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/.test(name)) return name;
  const words = name.replace(/[-_](js|extension)$/, "").split(/[-_]/);
  const title = words.includes("wallet") ? words.join(" ") : [...words, "wallet"].join(" ");
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** Nova, on phones, takes polkadot-js' name so that every page finds it. */
function isNova(name: string): boolean {
  const { walletExtension } = globalThis as { walletExtension?: { isNovaWallet?: boolean } };
  return name === "polkadot-js" && walletExtension?.isNovaWallet === true;
}

/** A letter on a colour, drawn here: the wallets' own logos are theirs, and no foreign image may be loaded. */
function monogram(title: string, colour: string): string {
  const letter = /[a-z0-9]/i.exec(title)?.[0]?.toUpperCase() ?? "?";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${colour}"/>` +
    `<text x="16" y="22" font-family="system-ui,sans-serif" font-size="18" font-weight="700" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function pageLoaded(): Promise<void> {
  if (globalThis.document === undefined || document.readyState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    globalThis.addEventListener("load", () => resolve(), { once: true });
  });
}
