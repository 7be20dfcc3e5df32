// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "@tickstream/chain-client";
import { isHex, type Hex } from "@tickstream/contracts-types";
import { abortError } from "../errors.ts";
import type { InjectedWallet, WalletSigner } from "../wallet.ts";
import type { InjectedExtension } from "./injected-extension.ts";
import { introduceChain } from "./introduce-chain.ts";
import { WalletError } from "./wallet-error.ts";
import type { RequestOptions, WalletRequests } from "./wallet-requests.ts";

/** The signing half of a connected account. */
export function walletSigner(parts: {
  extension: InjectedExtension;
  requests: WalletRequests;
  /** The account as the wallet writes it. @throws WalletError where it is gone */
  addressOf: () => string;
  closing: AbortSignal;
}): Required<Omit<InjectedWallet, "address">> {
  const { extension, requests, addressOf, closing } = parts;

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
    const { signer } = extension;
    return {
      ...(signer.signPayload && {
        async signPayload(payload: object) {
          const address = addressOf();
          if (chain) await introduceChain(extension, chain, until);
          return ask(() => signer.signPayload!({ ...payload, address }));
        },
      }),
      ...(signer.signRaw && {
        signRaw: (raw: { data: string; type: "bytes" | "payload" }) =>
          ask(() => signer.signRaw!({ ...raw, address: addressOf() })),
      }),
    };
  }
  return { signer: signerFor({}), signerFor };
}
