// SPDX-License-Identifier: Apache-2.0
// A double of a wallet extension's PROTOCOL, for browser tests: what polkadot-js 0.62 and 0.63 do between page and
// background (`background/handlers/{State,Tabs,Extension}.ts`), with their words and quirks. Real keys sign; the person
// before the wallet's window is the test. No page of ours knows it.
import { decodeAddress, Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { Metadata, TypeRegistry } from "@polkadot/types";
import type { ExtDef } from "@polkadot/types/extrinsic/signedExtensions/types";
import type { SignerPayloadJSON, SignerPayloadRaw } from "@polkadot/types/types";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import type { BrowserContext, Page } from "playwright-core";
import { type ExtensionAnswer, injectLikeExtension, type InjectOptions } from "./extension-like-page.ts";

/** polkadot-js' own: a page's second signing request within this time is refused unseen. */
const RATE_LIMIT_MS = 3_000;
const QUESTION_TIMEOUT_MS = 60_000;

/** `MetadataDef` of the extension's protocol, as far as signing uses it. */
interface ChainDescription {
  genesisHash: string;
  specVersion: number;
  metaCalls?: string;
  userExtensions?: ExtDef;
  tokenSymbol: string;
  tokenDecimals: number;
}

/** What the wallet's window asks the person. */
export interface Question {
  kind: "authorize" | "metadata" | "sign-payload" | "sign-bytes";
  /** The page that asks. */
  url: string;
  request: unknown;
  /** Says yes. A locked account wants its password: without it the request fails, with a wrong one it stays open. */
  approve(answer?: { password?: string; accounts?: string[] }): void;
  /** Closes the question: the site may ask again. */
  cancel(): void;
  /** Of `authorize` and `metadata`: says no. A site that was rejected is remembered, and gets no account ever after. */
  reject(): void;
}

export interface ExtensionLikeOptions {
  /** The key in `injectedWeb3`; `polkadot-js` unless given. */
  name?: string;
  /** Development accounts, `Bob` for `//Bob`; Bob and Dave unless given. */
  accounts?: string[];
  keyType?: "sr25519" | "ed25519";
  /** The extension's script runs so long after the page's. */
  lateMs?: number;
}

/** Loads what keys sign with, and makes the wallet. `install` it in a browser before pages open. */
export async function createExtensionLikeWallet(
  options: ExtensionLikeOptions = {},
): Promise<ExtensionLikeWallet> {
  await cryptoWaitReady();
  return new ExtensionLikeWallet(options);
}

/** The extension's background, and the hand that holds it. */
export class ExtensionLikeWallet {
  /** Every message of a page, in order. */
  readonly messages: { url: string; message: string; request: unknown }[] = [];
  /** Signing requests that came too soon after another. */
  refusedForHaste = 0;
  /** What it was told of chains. */
  readonly chains = new Map<string, ChainDescription>();
  /** The person: answers each question as it comes. `null` leaves them to `nextQuestion()`. */
  person: ((question: Question) => void) | null = (question) => question.approve();
  readonly #options: Required<ExtensionLikeOptions>;
  readonly #keyring: Keyring;
  #accounts: KeyringPair[];
  /** Origin to the accounts it may see. */
  readonly #allowed = new Map<string, Set<string>>();
  readonly #lastRequest = new Map<string, number>();
  readonly #pendingAuthorization = new Set<string>();
  #password: string | null = null;
  #otherTabIsFirst = false;
  #removed = false;
  /** Counts changes of what pages may see, for `accounts.after`. */
  #state = 1;
  #watchers: (() => void)[] = [];
  #questions: Question[] = [];
  #askers: ((question: Question) => void)[] = [];

  constructor(options: ExtensionLikeOptions = {}) {
    this.#options = {
      name: "polkadot-js",
      accounts: ["Bob", "Dave"],
      keyType: "sr25519",
      lateMs: 0,
      ...options,
    };
    this.#keyring = new Keyring({ type: this.#options.keyType });
    this.#accounts = this.#options.accounts.map((name) => this.#pair(name));
  }

  /** Puts the extension into every page that the browser context opens, or the page, from its next load on. */
  async install(context: BrowserContext | Page): Promise<void> {
    const { name, lateMs } = this.#options;
    const channel = `extensionDouble${Buffer.from(name).toString("hex")}`;
    await context.exposeBinding(channel, ({ page }, message: string, request: unknown) =>
      this.handle(page.url(), message, request),
    );
    const inject: InjectOptions = { name, version: "0.63.1", channel, lateMs };
    await context.addInitScript(injectLikeExtension, inject);
  }

  /** SS58 address of one of its accounts. */
  address(name: string): string {
    return this.#pair(name).address;
  }

  /** The person adds, removes or hides accounts. */
  setAccounts(names: string[]): void {
    this.#accounts = names.map((name) => this.#pair(name));
    for (const allowed of this.#allowed.values()) {
      for (const { address } of this.#accounts) allowed.add(address);
    }
    this.#changed();
  }

  /** The person takes the site's access away in the wallet's settings. */
  forget(origin: string): void {
    this.#allowed.delete(origin);
    this.#changed();
  }

  /** Accounts need a password to sign from now on; `null` for none. */
  lock(password: string | null): void {
    this.#password = password;
  }

  /** Another tab of the same page asks a moment before the next signing request, which is refused for it. */
  letOtherTabBeFirst(): void {
    this.#otherTabIsFirst = true;
  }

  /**
   * The browser kills the background's worker, and starts another with the next message: what waited is never answered, and
   * subscribed pages hear of no change any more.
   */
  killWorker(): void {
    this.#questions = [];
    this.#watchers = [];
    this.#pendingAuthorization.clear();
    this.#lastRequest.clear();
  }

  /** The extension is updated, disabled or removed: the page's half of it stays, and nobody answers it. */
  remove(): void {
    this.killWorker();
    this.#removed = true;
  }

  /** The next question of this kind that the wallet's window shows; needs `person` to be `null`. */
  async nextQuestion(kind: Question["kind"]): Promise<Question> {
    for (;;) {
      const at = this.#questions.findIndex((question) => question.kind === kind);
      if (at >= 0) return this.#questions.splice(at, 1)[0]!;
      const { promise, resolve, reject } = Promise.withResolvers<Question>();
      const timer = setTimeout(() => reject(new Error(`no ${kind} question`)), QUESTION_TIMEOUT_MS);
      this.#askers.push(resolve);
      await promise;
      clearTimeout(timer);
    }
  }

  /** The background's message handler. */
  async handle(url: string, message: string, request: unknown): Promise<ExtensionAnswer> {
    this.messages.push({ url, message, request });
    // polkadot-js' content script tries five times to wake the worker, then tells the console only.
    if (this.#removed) return new Promise(() => {});
    try {
      const response = await this.#respond(new URL(url).origin, url, message, request);
      return { response };
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  #respond(origin: string, url: string, message: string, request: unknown): unknown {
    if (message === "pub(authorize.tab)") return this.#authorize(origin, url, request);
    if (message === "accounts.after") return this.#accountsAfter(origin, request as number);
    if (!this.#allowed.has(origin)) throw new Error(`The source ${url} has not been enabled yet`);
    switch (message) {
      case "pub(accounts.list)":
        return this.#visible(origin);
      case "pub(metadata.list)":
        return Array.from(this.chains.values(), ({ genesisHash, specVersion }) => ({
          genesisHash,
          specVersion,
        }));
      case "pub(metadata.provide)":
        return this.#ask("metadata", url, request, () => {
          const chain = request as ChainDescription;
          this.chains.set(chain.genesisHash, chain);
          return true;
        });
      case "pub(extrinsic.sign)": {
        const payload = request as SignerPayloadJSON;
        this.#limitRate(url);
        return this.#ask("sign-payload", url, request, (password) => this.#signPayload(payload, password));
      }
      case "pub(bytes.sign)": {
        const payload = request as SignerPayloadRaw;
        this.#limitRate(url);
        return this.#ask("sign-bytes", url, request, (password) => this.#signBytes(payload, password));
      }
      default:
        throw new Error(`Unable to handle message of type ${message}`);
    }
  }

  #authorize(origin: string, url: string, request: unknown): unknown {
    if (this.#pendingAuthorization.has(origin)) {
      throw new Error(`The source ${url} has a pending authorization request`);
    }
    // Seen before: no question, whatever the person said then.
    if (this.#allowed.has(origin)) return { authorizedAccounts: [], result: false };
    this.#pendingAuthorization.add(origin);
    const allow = (addresses: string[]) => {
      this.#pendingAuthorization.delete(origin);
      this.#allowed.set(origin, new Set(addresses));
      this.#changed();
    };
    return new Promise((resolve, reject) => {
      this.#show({
        kind: "authorize",
        url,
        request,
        approve: ({ accounts } = {}) => {
          const chosen =
            accounts?.map((name) => this.address(name)) ?? this.#accounts.map((pair) => pair.address);
          allow(chosen);
          resolve({ authorizedAccounts: chosen, result: true });
        },
        cancel: () => {
          this.#pendingAuthorization.delete(origin);
          reject(new Error("Connection request was cancelled by the user."));
        },
        reject: () => {
          allow([]);
          reject(new Error("Connection request was rejected by the user."));
        },
      });
    });
  }

  #ask(kind: Question["kind"], url: string, request: unknown, agree: (password?: string) => unknown) {
    return new Promise((resolve, reject) => {
      this.#show({
        kind,
        url,
        request,
        approve: ({ password } = {}) => {
          try {
            resolve(agree(password));
          } catch (error) {
            // A wrong password is told in the window only, where the question stays.
            if ((error as Error).message === "Unable to decode using the supplied passphrase") throw error;
            reject(error);
          }
        },
        cancel: () => reject(new Error("Cancelled")),
        reject: () => reject(new Error("Rejected")),
      });
    });
  }

  #signPayload(payload: SignerPayloadJSON, password: string | undefined) {
    const pair = this.#unlocked(payload.address, password);
    const registry = new TypeRegistry();
    const chain = this.chains.get(payload.genesisHash);
    if (chain?.metaCalls !== undefined) {
      const metadata = new Metadata(registry, Buffer.from(chain.metaCalls, "base64"));
      registry.setMetadata(metadata, undefined, chain.userExtensions);
    }
    // Extensions that neither it nor the chain's description knows are left out in silence.
    registry.setSignedExtensions(payload.signedExtensions, chain?.userExtensions, true);
    return registry.createType("ExtrinsicPayload", payload, { version: payload.version }).sign(pair);
  }

  #signBytes({ address, data }: SignerPayloadRaw, password: string | undefined) {
    const pair = this.#unlocked(address, password);
    // Wrapped, so that it can never be a transaction; without the type in front.
    const bytes = data.startsWith("0x") ? Buffer.from(data.slice(2), "hex") : Buffer.from(data);
    const wrapped = Buffer.concat([Buffer.from("<Bytes>"), bytes, Buffer.from("</Bytes>")]);
    return { signature: `0x${Buffer.from(pair.sign(wrapped)).toString("hex")}` };
  }

  #unlocked(address: string, password: string | undefined): KeyringPair {
    const publicKey = decodeAddress(address);
    const pair = this.#accounts.find((one) => publicKey.every((byte, i) => byte === one.publicKey[i]));
    if (!pair) throw new Error("Unable to find keypair");
    if (this.#password !== null && password === undefined) {
      throw new Error("Password needed to unlock the account");
    }
    if (this.#password !== null && password !== this.#password) {
      throw new Error("Unable to decode using the supplied passphrase");
    }
    return pair;
  }

  #limitRate(url: string): void {
    const now = performance.now();
    if (this.#otherTabIsFirst) this.#lastRequest.set(url, now);
    this.#otherTabIsFirst = false;
    if (now - (this.#lastRequest.get(url) ?? -Infinity) < RATE_LIMIT_MS) {
      this.refusedForHaste++;
      throw new Error("Rate limit exceeded. Try again later.");
    }
    this.#lastRequest.set(url, now);
  }

  async #accountsAfter(origin: string, state: number) {
    while (this.#state <= state) {
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
    return { state: this.#state, accounts: this.#visible(origin) };
  }

  #visible(origin: string) {
    const allowed = this.#allowed.get(origin) ?? new Set();
    return this.#accounts
      .filter(({ address }) => allowed.has(address))
      .map(({ address, meta, type }) => ({ address, genesisHash: null, name: String(meta.name), type }));
  }

  #changed(): void {
    this.#state++;
    for (const wake of this.#watchers.splice(0)) wake();
  }

  #show(question: Question): void {
    if (this.person) {
      this.person(question);
      return;
    }
    this.#questions.push(question);
    for (const wake of this.#askers.splice(0)) wake(question);
  }

  #pair(name: string): KeyringPair {
    return this.#keyring.addFromUri(`//${name}`, { name });
  }
}
