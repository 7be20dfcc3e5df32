// SPDX-License-Identifier: Apache-2.0
import type { Chain } from "../blocks/chain.ts";
import { isHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { INVALID_PARAMS, RpcError } from "./rpc-error.ts";

/** A client's subscription as a method sees it. */
export interface Subscription {
  readonly id: string;
  /** Sends a notification; does nothing once the subscription has ended. */
  notify(result: unknown): void;
  /** What to do when the client goes or unsubscribes. */
  onEnd(stop: () => void): void;
  /** Ends it from this side. */
  end(): void;
}

/** What a method gets to answer with. */
export interface RpcContext {
  readonly chain: Chain;
  /** Begins a subscription whose notifications carry `method`. */
  readonly subscribe: (method: string) => Subscription;
  /** Ends a subscription of this client; false where there is none. */
  readonly unsubscribe: (id: string) => boolean;
}

export type RpcMethod = (params: readonly unknown[], context: RpcContext) => unknown;
export type RpcMethods = Readonly<Record<string, RpcMethod>>;

function invalid(what: string): RpcError {
  return new RpcError(INVALID_PARAMS, `Invalid params: ${what}`);
}

/** The hex bytes at `index`. */
export function hexParam(params: readonly unknown[], index: number, name: string): Hex {
  const value = params[index];
  if (!isHex(value)) throw invalid(`${name} must be hex with 0x`);
  return value.toLowerCase() as Hex;
}

/** The block hash at `index`, or undefined where none was given. */
export function hashParam(params: readonly unknown[], index: number): Hex | undefined {
  const value = params[index];
  if (value === undefined || value === null) return undefined;
  if (!isHex(value) || value.length !== 66) throw invalid("a block hash has 32 bytes of hex");
  return value.toLowerCase() as Hex;
}

/** The keys at `index`: at most `most`. */
export function keysParam(params: readonly unknown[], index: number, most: number): Hex[] {
  const value = params[index];
  if (!Array.isArray(value) || value.length > most)
    throw invalid(`an array of at most ${most} keys is needed`);
  return value.map((_, i) => hexParam(value, i, "a key"));
}

/** The whole number at `index`. */
export function numberParam(params: readonly unknown[], index: number, name: string): number {
  const value = params[index];
  const number = typeof value === "string" && isNumberText(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0)
    throw invalid(`${name} must be a whole number`);
  return number;
}

export function stringParam(params: readonly unknown[], index: number, name: string): string {
  const value = params[index];
  if (typeof value !== "string") throw invalid(`${name} must be a string`);
  return value;
}

function isNumberText(text: string): boolean {
  return /^(0x[0-9a-fA-F]{1,13}|\d{1,15})$/.test(text);
}
