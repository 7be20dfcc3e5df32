// SPDX-License-Identifier: Apache-2.0
// A creator by hand: registers a stream on the chain and offers it on a node, through the node's public API only.
import type { ApiPromise } from "@polkadot/api";
import type { KeyringPair } from "@polkadot/keyring/types";
import { type StreamId, streamId } from "@tickstream/contracts-types";
import { sendFinal } from "./raw-chain.ts";

/** What a creator asks for a stream. */
export interface Offer {
  title: string;
  /** Plancks per tick. */
  rate: bigint;
  tickMs?: number;
  /** Parts per billion. */
  operatorShare?: number;
  /** Everything to the creator where left out. */
  payees?: { account: string; share: number }[];
}

/** Registers the offer on chain and resolves with the stream's id once it is final. */
export async function registerOnChain(
  api: ApiPromise,
  creator: KeyringPair,
  offer: Offer,
): Promise<StreamId> {
  const { rate, tickMs = 1_000, operatorShare = 0 } = offer;
  const payees = offer.payees ?? [{ account: creator.address, share: 1_000_000_000 }];
  const call = api.tx.tickStream?.registerStream;
  if (call === undefined) throw new Error("the chain has no tick-stream pallet");
  const events = await sendFinal(api, call(rate, tickMs, operatorShare, payees, [], "0x"), creator);
  const registered = events.find(({ name }) => name === "StreamRegistered");
  return streamId(registered?.data.stream as bigint);
}

/** Logs in by a wallet's signature; the token is for the `Authorization` header. */
export async function login(node: string, creator: KeyringPair): Promise<string> {
  const { address } = creator;
  const { challenge } = await post<{ challenge: string }>(`${node}/api/auth/challenge`, { address });
  const signature = `0x${Buffer.from(creator.sign(`<Bytes>${challenge}</Bytes>`)).toString("hex")}`;
  const { token } = await post<{ token: string }>(`${node}/api/auth/login`, {
    address,
    challenge,
    signature,
  });
  return token;
}

/** Offers a stream on the node; resolves with its id in the API and the key to publish with. */
export async function createOnNode(
  node: string,
  token: string,
  request: { title: string; chainStream?: string; free?: true },
): Promise<{ id: string; streamKey: string }> {
  const answer = await post<{ stream: { id: string }; streamKey: string }>(
    `${node}/api/streams`,
    request,
    token,
  );
  return { id: answer.stream.id, streamKey: answer.streamKey };
}

async function post<T>(url: string, body: unknown, token?: string): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
