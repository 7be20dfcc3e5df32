// SPDX-License-Identifier: Apache-2.0
import { concatHex, fromHex, hexLength, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { ScaleReader, u32le } from "../codec/scale.ts";
import { hashParam, hexParam } from "./rpc-method.ts";
import type { RpcContext, RpcMethods } from "./rpc-method.ts";
import { runtimeCall } from "./state-methods.ts";

const DISPATCH_CLASSES = ["normal", "operational", "mandatory"];

async function query(
  method: string,
  params: readonly unknown[],
  { chain }: RpcContext,
): Promise<ScaleReader> {
  const extrinsic = hexParam(params, 0, "extrinsic");
  const data: Hex = concatHex(extrinsic, toHex(u32le(hexLength(extrinsic))));
  return new ScaleReader(fromHex(await runtimeCall(chain, method, data, hashParam(params, 1))));
}

export const paymentMethods: RpcMethods = {
  payment_queryInfo: async (params, context) => {
    const info = await query("TransactionPaymentApi_query_info", params, context);
    const weight = { ref_time: Number(info.compact()), proof_size: Number(info.compact()) };
    const dispatchClass = DISPATCH_CLASSES[info.u8()] ?? "normal";
    return { weight, class: dispatchClass, partialFee: info.u128().toString() };
  },
  payment_queryFeeDetails: async (params, context) => {
    const details = await query("TransactionPaymentApi_query_fee_details", params, context);
    if (details.u8() === 0) return { inclusionFee: null };
    const amount = (): string => `0x${details.u128().toString(16)}`;
    return { inclusionFee: { baseFee: amount(), lenFee: amount(), adjustedWeightFee: amount() } };
  },
};
