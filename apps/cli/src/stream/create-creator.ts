// SPDX-License-Identifier: Apache-2.0
import type { KeyringPair } from "@polkadot/keyring/types";
import { registerStream } from "@tickstream/chain-client";
import {
  accountId,
  type CreateStreamRequest,
  type Planck,
  type StreamDetail,
} from "@tickstream/contracts-types";
import {
  createClient,
  createStream,
  type CreatorLogin,
  endStream,
  logIn,
  myStreams,
  rotateStreamKey,
  type TickstreamClient,
} from "@tickstream/sdk";
import { loadWallet } from "../wallet/load-wallet.ts";

/** What a creator asks for a stream, all of the rest of the price being theirs. */
export interface Offer {
  title: string;
  /** Plancks per tick. */
  rate: Planck;
  tickMs: number;
  /** Parts per billion. */
  operatorShare: number;
}

/** A creator at one node. */
export interface Creator {
  readonly client: TickstreamClient;
  readonly wallet: KeyringPair;
  /** Registers an offer on the chain; resolves with its id when it is final. */
  register(offer: Offer): Promise<string>;
  /** Makes a stream known to the node; the key is shown this once. */
  create(request: CreateStreamRequest): Promise<{ stream: StreamDetail; streamKey: string }>;
  list(): Promise<StreamDetail[]>;
  rotateKey(stream: string): Promise<string>;
  end(stream: string): Promise<StreamDetail>;
  dispose(): Promise<void>;
}

/** Logs in at a node when that is first needed. */
export async function createCreator(options: { node: string; suri: string }): Promise<Creator> {
  const wallet = await loadWallet(options.suri);
  const client = createClient({ node: options.node });
  let loggingIn: Promise<CreatorLogin> | undefined;
  const login = () => (loggingIn ??= logIn({ client, wallet }));
  return {
    client,
    wallet,
    async register({ title, rate, tickMs, operatorShare }) {
      const payees = [{ account: accountId(wallet.publicKey), share: 1_000_000_000 }];
      const handle = registerStream(await client.chain(), {
        signer: wallet,
        rate,
        tickMs,
        operatorShare,
        payees,
        metadata: title,
      });
      // A node sells only what is final.
      return (await handle.finalized).value.stream.toString();
    },
    create: async (request) => createStream({ client, login: await login(), request }),
    list: async () => myStreams({ client, login: await login() }),
    rotateKey: async (stream) => rotateStreamKey({ client, login: await login(), stream }),
    end: async (stream) => endStream({ client, login: await login(), stream }),
    dispose: () => client.dispose(),
  };
}
