// SPDX-License-Identifier: Apache-2.0
import { fromSs58, toSs58, type AccountId } from "@tickstream/contracts-types";
import { Emitter } from "../events.ts";
import type { InjectedAccount, InjectedExtension } from "./injected-extension.ts";
import { WalletError, walletFailure } from "./wallet-error.ts";
import { answer } from "./wallet-requests.ts";

/** An account that the person lets this site see. */
export interface WalletAccount {
  /** SS58, in the generic form whatever the wallet writes: good to compare and to remember. */
  address: string;
  account: AccountId;
  /** Empty where the person gave none. */
  name: string;
}

const MAX_ACCOUNTS = 1_000;
const MAX_NAME_LENGTH = 128;
/** No question to a person: a worker that sleeps is awake again within 5 s, or polkadot-js gives up on it. */
const LOOK_TIMEOUT_MS = 10_000;

/** The accounts that an extension shows this page, as they are now. */
export class WalletAccounts {
  readonly #extension: InjectedExtension;
  readonly #genesisHash: string | undefined;
  readonly #events = new Emitter<{ change: WalletAccount[] }>();
  readonly #stopped = new AbortController();
  readonly #unsubscribe: (() => void) | undefined;
  #known: Map<AccountId, { shown: WalletAccount; address: string }>;
  #looking: Promise<void> | undefined;

  /** @param first what the extension answered when it was connected */
  constructor(extension: InjectedExtension, first: unknown, genesisHash: string | undefined) {
    this.#extension = extension;
    this.#genesisHash = genesisHash;
    this.#known = usableAccounts(first, genesisHash);
    const unsubscribe = extension.accounts.subscribe?.((accounts) => this.#take(accounts));
    this.#unsubscribe = typeof unsubscribe === "function" ? unsubscribe : undefined;
    // Its worker is stopped while the page is in the background, and its subscriptions die with it, unheard.
    if (typeof globalThis.addEventListener !== "function") return;
    globalThis.addEventListener("focus", () => void this.refresh().catch(() => undefined), {
      signal: this.#stopped.signal,
    });
  }

  get list(): WalletAccount[] {
    return Array.from(this.#known.values(), ({ shown }) => shown);
  }

  /**
   * The account's address as the wallet itself writes it.
   *
   * @throws WalletError `wallet-account-unknown`
   */
  addressOf(address: string): string {
    const found = this.#known.get(fromSs58(address));
    if (!found) throw new WalletError("wallet-account-unknown");
    return found.address;
  }

  onChange(listener: (accounts: WalletAccount[]) => void): () => void {
    return this.#events.on("change", listener);
  }

  /**
   * Asks the extension anew. One question at a time: Nova tells answers apart by their kind only.
   *
   * @throws WalletError `wallet-timeout` where it is silent: shut down, or behind a question that is still open
   */
  refresh(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  stop(): void {
    this.#stopped.abort();
    this.#unsubscribe?.();
    this.#events.clear();
  }

  async #look(): Promise<void> {
    try {
      const accounts = await answer(() => this.#extension.accounts.get(), { timeoutMs: LOOK_TIMEOUT_MS });
      this.#take(accounts);
    } catch (thrown) {
      const failure = walletFailure(thrown);
      if (failure.code !== "wallet-not-authorised" && failure.code !== "wallet-no-accounts") throw failure;
      this.#take([]);
    }
  }

  #take(accounts: unknown): void {
    if (this.#stopped.signal.aborted) return;
    const before = [...this.#known.keys()].join();
    this.#known = usableAccounts(accounts, this.#genesisHash);
    if ([...this.#known.keys()].join() !== before) this.#events.emit("change", this.list);
  }
}

/** Accounts that can sign for the chain, each with the address as the wallet itself writes it. */
function usableAccounts(
  accounts: unknown,
  genesisHash: string | undefined,
): Map<AccountId, { shown: WalletAccount; address: string }> {
  const usable = new Map<AccountId, { shown: WalletAccount; address: string }>();
  if (!Array.isArray(accounts)) return usable;
  for (const { address, name, type, genesisHash: tied } of accounts.slice(
    0,
    MAX_ACCOUNTS,
  ) as InjectedAccount[]) {
    if (type === "ethereum" || (tied && genesisHash && tied !== genesisHash)) continue;
    const account = accountOf(address);
    if (account === null) continue;
    const given = typeof name === "string" ? name.slice(0, MAX_NAME_LENGTH) : "";
    usable.set(account, { shown: { address: toSs58(account), account, name: given }, address });
  }
  return usable;
}

function accountOf(address: unknown): AccountId | null {
  try {
    return fromSs58(String(address));
  } catch {
    // An address of another kind of chain, which some wallets list without saying so.
    return null;
  }
}
