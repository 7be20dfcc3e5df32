// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "@tickstream/chain-client";
import { isHex, type Hex } from "@tickstream/contracts-types";
import { abortError } from "../errors.ts";
import type { InjectedWallet, WalletSigner } from "../wallet.ts";
import type { InjectedExtension } from "./injected-extension.ts";
import { introduceChain } from "./introduce-chain.ts";
import type { WalletAccounts } from "./wallet-accounts.ts";
import { WalletError } from "./wallet-error.ts";
import type { RequestOptions, WalletRequests } from "./wallet-requests.ts";

/** The signing half of a connected account. */
export function walletSigner(parts: {
  extension: InjectedExtension;
  requests: WalletRequests;
  accounts: WalletAccounts;
  address: string;
  closing: AbortSignal;
}): Required<Omit<InjectedWallet, "address">> {
  const { extension, requests, accounts, address, closing } = parts;

  function signerFor({ onStage, signal, chain }: RequestOptions & { chain?: ChainClient }): WalletSigner {
    const until = signal ? AbortSignal.any([signal, closing]) : closing;
    const ask = async (request: () => Promise<{ signature: Hex }>) => {
      const { signature } = await requests.ask(request, { onStage, signal: until });
      // What comes late is nobody's any more; what is no signature would only fail on chain.
      if (until.aborted) throw abortError(until);
      if (!isHex(signature))
        throw new WalletError("wallet-failed", { details: "its answer is no signature" });
      return { signature };
    };
    // As the wallet writes it, and only where the wallet still shows it. One that is gone for good is noticed here, at
    // once; asked for a signature, it would be waited for as long as for a person.
    const current = async () => {
      await accounts.refresh();
      return accounts.addressOf(address);
    };
    const { signer } = extension;
    return {
      ...(signer.signPayload && {
        async signPayload(payload: object) {
          const own = await current();
          if (chain) await introduceChain(extension, chain, { onStage, signal: until });
          return ask(() => signer.signPayload!({ ...payload, address: own }));
        },
      }),
      ...(signer.signRaw && {
        async signRaw(raw: { data: string; type: "bytes" | "payload" }) {
          const own = await current();
          return ask(() => signer.signRaw!({ ...raw, address: own }));
        },
      }),
    };
  }
  return { signer: signerFor({}), signerFor };
}
