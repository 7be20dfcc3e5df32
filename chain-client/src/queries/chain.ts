// SPDX-License-Identifier: Apache-2.0
import { planck, type AccountId, type chain, type Planck, type Token } from "@tickstream/contracts-types";
import type { ChainClient } from "../client/chain-client.ts";
import { toPlain } from "../codec/to-plain.ts";
import { readStorage, type QueryOptions } from "./storage.ts";

/** What an account has, in plancks. */
export interface Balance {
  /** What it has besides `reserved`. */
  free: Planck;
  /** What is held from it: deposits for streams and channels. */
  reserved: Planck;
  /** How much of `free` can't be spent. */
  frozen: Planck;
}

/**
 * An account's balance; all zero where the account does not exist.
 *
 * @example const { free } = await getBalance(client, { account: accountId(creator.publicKey) });
 */
export async function getBalance(
  client: ChainClient,
  params: { account: AccountId } & QueryOptions,
): Promise<Balance> {
  const { account, at } = params;
  const value: unknown = await readStorage(client, {
    pallet: "system",
    item: "account",
    keys: [account],
    at,
  });
  if (value === null) return { free: planck(0n), reserved: planck(0n), frozen: planck(0n) };
  const { free, reserved, frozen } = (value as { data: Balance }).data;
  return { free, reserved, frozen };
}

/**
 * The constants that this chain's pallet was built with.
 *
 * @example const { minTab, maxTicks } = getConstants(client);
 */
export function getConstants(client: ChainClient): chain.TickStreamConstants {
  const constants = Object.entries(client.internals.runtime.constants("tickStream"));
  const plain = constants.map(([name, value]) => [name, toPlain(value)]);
  return Object.fromEntries(plain) as chain.TickStreamConstants;
}

/** The least that an account on this chain can have, in plancks. */
export function getExistentialDeposit(client: ChainClient): Planck {
  return toPlain(client.internals.runtime.constants("balances")["existentialDeposit"]!) as Planck;
}

/**
 * How this chain writes amounts and addresses.
 *
 * @example formatAmount(amount, getToken(client));
 */
export function getToken(client: ChainClient): Token & { ss58Prefix: number } {
  const { chainDecimals, chainTokens, chainSS58 } = client.internals.runtime.registry;
  return { decimals: chainDecimals[0] ?? 12, symbol: chainTokens[0] ?? "UNIT", ss58Prefix: chainSS58 ?? 42 };
}
