// SPDX-License-Identifier: Apache-2.0
import {
  channelIdOf,
  encodeCommitment,
  HashChain,
  hexToBytes,
  planck,
  type ChannelId,
  type Commitment,
  type Planck,
  type StreamId,
} from "@tickstream/contracts-types";
import { openTab } from "../actions/open-tab.ts";
import { registerStream } from "../actions/register-stream.ts";
import type { ChainClient } from "../client/chain-client.ts";
import { account, session } from "./accounts.ts";

export const RATE = planck(1_000_000_000n);
export const OPEN_FEE = planck(1_000_000n);

/** Registers a stream of Alice's and opens a tab of Bob's; Charlie is the operator. */
export async function offerAndTab(client: ChainClient, type: "ed25519" | "sr25519" = "ed25519") {
  const [alice, bob, charlie] = ["Alice", "Bob", "Charlie"].map(account) as [Account, Account, Account];
  const sessionKey = session(type, "device");
  const registering = registerStream(client, {
    signer: alice,
    rate: RATE,
    operatorShare: 50_000_000,
    payees: [{ account: alice.id, share: 1_000_000_000 }],
  });
  const opening = openTab(client, {
    signer: bob,
    deposit: planck(10n ** 12n),
    sessionKey,
    expiresAt: client.bestHead().number + 100_000,
  });
  const { stream, terms } = (await registering.included).value;
  const { tab } = (await opening.included).value;
  return { alice, bob, charlie, sessionKey, stream, terms, tab };
}

type Account = ReturnType<typeof account>;

/** A signed commitment with its hash chain. */
export interface Promised {
  commitment: Commitment;
  signature: Uint8Array;
  channel: ChannelId;
  chain: HashChain;
}

/** Promises 100 ticks to a stream. Each nonce makes another channel. */
export function promise(
  client: ChainClient,
  offer: {
    sessionKey: ReturnType<typeof session>;
    stream: StreamId;
    terms: number;
    tab: bigint;
    charlie: Account;
  },
  params: { nonce: number; rate?: Planck; livesFor?: number },
): Promised {
  const head = client.bestHead().number;
  const chain = HashChain.create(new Uint8Array(32).fill(params.nonce + 1), 100);
  const commitment: Commitment = {
    tab: offer.tab,
    nonce: params.nonce,
    openBy: head + 40,
    stream: offer.stream,
    terms: offer.terms,
    rate: params.rate ?? RATE,
    operator: offer.charlie.id,
    openFee: OPEN_FEE,
    anchor: chain.anchor,
    maxTicks: 100,
    expiresAt: head + (params.livesFor ?? 1_000),
  };
  const encoded = encodeCommitment(hexToBytes(client.genesisHash), commitment);
  return { commitment, signature: offer.sessionKey.sign(encoded), channel: channelIdOf(encoded), chain };
}
