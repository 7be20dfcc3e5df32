// SPDX-License-Identifier: Apache-2.0

/** What the page's half of the extension double is told. */
export interface InjectOptions {
  /** The key in `injectedWeb3`. */
  name: string;
  version: string;
  /** Name of the function that carries messages to the half in the test. */
  channel: string;
  /** Injects this long after the page's scripts began; before them where 0. */
  lateMs: number;
}

/** A message's answer, as the extension's content script passes it on. */
export type ExtensionAnswer = { response: unknown } | { error: string };

/**
 * What an extension's content script does in a page, as polkadot-js' `page/index.js` and `injectExtension` do it: an entry
 * in `injectedWeb3`, whose `enable` asks the background for access. Runs in the page by its text: it must not refer to
 * anything outside of itself.
 */
export function injectLikeExtension({ name, version, channel, lateMs }: InjectOptions): void {
  type Send = (message: string, request: unknown) => Promise<ExtensionAnswer>;
  interface Account {
    address: string;
  }
  const page = globalThis as unknown as Record<string, Send> & { injectedWeb3?: Record<string, unknown> };
  const send = async (message: string, request: unknown = null): Promise<unknown> => {
    const answer = await page[channel]!(message, request);
    if ("error" in answer) throw new Error(answer.error);
    return answer.response;
  };
  let lastId = 0;
  const signed = async (message: string, payload: unknown) => ({
    ...((await send(message, payload)) as object),
    id: ++lastId,
  });
  const subscribe = (listener: (accounts: Account[]) => void): (() => void) => {
    const stopped = new AbortController();
    const follow = async () => {
      // Each answer names the state it tells; the next one comes when there is another.
      for (let seen = 0; !stopped.signal.aborted;) {
        const next = (await send("accounts.after", seen)) as { state: number; accounts: Account[] };
        seen = next.state;
        if (!stopped.signal.aborted) listener(next.accounts);
      }
    };
    follow().catch(() => undefined);
    return () => stopped.abort();
  };
  const inject = () => {
    page.injectedWeb3 ??= {};
    page.injectedWeb3[name] = {
      version,
      enable: async (origin: string) => {
        await send("pub(authorize.tab)", { origin });
        return {
          accounts: { get: (anyType?: boolean) => send("pub(accounts.list)", { anyType }), subscribe },
          metadata: {
            get: () => send("pub(metadata.list)"),
            provide: (definition: unknown) => send("pub(metadata.provide)", definition),
          },
          signer: {
            signPayload: (payload: unknown) => signed("pub(extrinsic.sign)", payload),
            signRaw: (payload: unknown) => signed("pub(bytes.sign)", payload),
          },
        };
      },
    };
  };
  if (lateMs === 0) inject();
  else setTimeout(inject, lateMs);
}
