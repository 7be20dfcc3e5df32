// SPDX-License-Identifier: Apache-2.0
import type { Extrinsic, RuntimeDispatchInfo } from "@polkadot/types/interfaces";
import { u8aConcat, u8aToHex } from "@polkadot/util";
import {
  planck,
  toSs58,
  type AccountId,
  type chain,
  type Hex,
  type Planck,
} from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { EXTRINSIC_VERSION } from "../transactions/signer.ts";
import { palletCall } from "../transactions/submit-call.ts";

/** What {@link estimateFee} takes. */
export interface EstimateFeeParams<Call extends keyof chain.TickStreamCalls> {
  call: Call;
  args: chain.TickStreamCalls[Call];
  /** Who would sign. */
  from: AccountId;
}

/**
 * What a transaction would cost its signer now, in plancks, without a tip. The real one differs where the block is fuller by
 * then, or the call turns out lighter. Nothing is signed or sent.
 *
 * @example
 * const fee = await estimateFee(client, { call: "tip", args: { stream, amount, note: "0x" }, from: viewer });
 */
export async function estimateFee<Call extends keyof chain.TickStreamCalls>(
  client: ChainClient,
  params: EstimateFeeParams<Call>,
): Promise<Planck> {
  const { connection, runtime } = client.internals;
  const { registry, version } = runtime;
  const extrinsic = registry.createTypeUnsafe<Extrinsic>("Extrinsic", [
    palletCall(client, params.call, params.args),
    { version: EXTRINSIC_VERSION },
  ]);
  // As long as a signed one, which is what its length's fee goes by.
  extrinsic.signFake(toSs58(params.from), {
    blockHash: client.genesisHash,
    genesisHash: client.genesisHash,
    nonce: 0,
    runtimeVersion: version,
    signedExtensions: registry.signedExtensions,
    tip: 0,
  });
  const bytes = extrinsic.toU8a();
  const length = registry.createType("u32", bytes.length).toU8a();
  const answer = await connection.request<Hex>("state_call", [
    "TransactionPaymentApi_query_info",
    u8aToHex(u8aConcat(bytes, length)),
    client.bestHead().hash,
  ]);
  const info = registry.createTypeUnsafe<RuntimeDispatchInfo>("RuntimeDispatchInfo", [answer]);
  return planck(info.partialFee.toBigInt());
}
