// SPDX-License-Identifier: Apache-2.0
import { fromHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { ScaleReader } from "../codec/scale.ts";

/** `sp_version::RuntimeVersion` in the shape JSON-RPC gives it. */
export function decodeRuntimeVersion(result: Hex): object {
  const reader = new ScaleReader(fromHex(result));
  const text = (): string => Buffer.from(reader.bytes()).toString("utf8");
  const specName = text();
  const implName = text();
  const authoringVersion = reader.u32();
  const specVersion = reader.u32();
  const implVersion = reader.u32();
  const apis: [Hex, number][] = [];
  for (let count = Number(reader.compact()); count > 0; count--)
    apis.push([toHex(reader.take(8)), reader.u32()]);
  const transactionVersion = reader.u32();
  const stateVersion = reader.u8();
  return {
    specName,
    implName,
    authoringVersion,
    specVersion,
    implVersion,
    apis,
    transactionVersion,
    stateVersion,
    systemVersion: stateVersion,
  };
}
