// SPDX-License-Identifier: Apache-2.0
import type { Injected, InjectedWindowProvider, MetadataDef } from "@polkadot/extension-inject/types";
import type { WalletChainDescription } from "@tickstream/chain-client";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { injectedProviders, type InjectedExtension, type InjectedProvider } from "./injected-extension.ts";
import { listWallets } from "./list-wallets.ts";

const page = globalThis as { injectedWeb3?: unknown; walletExtension?: unknown };

afterEach(() => {
  delete page.injectedWeb3;
  delete page.walletExtension;
});

test("the protocol is the one that extensions are written to", () => {
  expectTypeOf<Injected>().toExtend<Omit<InjectedExtension, "metadata">>();
  expectTypeOf<WalletChainDescription>().toExtend<MetadataDef>();
  expectTypeOf<InjectedWindowProvider>().toExtend<Pick<InjectedProvider, "version">>();
});

const enable = async () => ({});

describe("the extensions of a page", () => {
  test("are those that can be asked, and not without end", () => {
    expect(injectedProviders().size).toBe(0);
    for (const nonsense of [null, 1, "talisman", []]) {
      page.injectedWeb3 = nonsense;
      expect(injectedProviders().size).toBe(0);
    }
    page.injectedWeb3 = {
      a: { enable },
      b: { connect: enable },
      c: {},
      d: null,
      ["e".repeat(65)]: { enable },
    };
    expect([...injectedProviders().keys()]).toEqual(["a", "b"]);
    page.injectedWeb3 = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`wallet-${i}`, { enable }]),
    );
    expect(injectedProviders().size).toBe(32);
  });

  test("have a title, a version and a picture drawn here", async () => {
    page.injectedWeb3 = { "subwallet-js": { enable, version: "1.2.3" }, "<svg>": { enable } };
    const [known, unknown] = await listWallets();
    expect(known).toMatchObject({ name: "subwallet-js", title: "SubWallet", version: "1.2.3" });
    expect(unknown).toMatchObject({ name: "<svg>", title: "<svg>", version: "" });
    const drawing = decodeURIComponent(unknown!.icon);
    expect(drawing).toMatch(/^data:image\/svg\+xml,<svg /);
    expect(drawing).toContain(">S</text>");
  });

  test.each([
    ["polkadot-js", "Polkadot.js"],
    ["tickstream-development", "Tickstream development wallet"],
    ["some_new-js", "Some new wallet"],
    ["wallet-of-mine", "Wallet of mine"],
    ["SafePal", "SafePal"],
  ])("%s is called %s", async (name, title) => {
    page.injectedWeb3 = { [name]: { enable } };
    expect(await listWallets()).toMatchObject([{ name, title }]);
  });

  test("are told by their own name where Nova takes another's", async () => {
    page.injectedWeb3 = { "polkadot-js": { enable } };
    page.walletExtension = { isNovaWallet: true };
    expect(await listWallets()).toMatchObject([{ name: "polkadot-js", title: "Nova" }]);
  });

  test("may come late, or never", async () => {
    const late = listWallets({ waitMs: 5_000 });
    page.injectedWeb3 = { talisman: { enable } };
    expect(await late).toMatchObject([{ name: "talisman" }]);
    delete page.injectedWeb3;
    expect(await listWallets({ waitMs: 0 })).toEqual([]);
  });
});
