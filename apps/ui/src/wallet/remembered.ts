// SPDX-License-Identifier: Apache-2.0
import { readPreference, writePreference } from "../preferences/preferences.ts";

const WALLET = "wallet";
const ACCOUNT = "account";
const ACCOUNT_HERE = "tickstream.account";

/** The wallet that was connected in an earlier visit, to be offered first and asked again. */
export const rememberedWallet = (): string | null => readPreference(WALLET);
export const rememberWallet = (name: string | null): void => writePreference(WALLET, name);

/** The account that this window had last, or else the one that was chosen last in any, by its address. */
export const rememberedAccount = (): string | null =>
  sessionStorage.getItem(ACCOUNT_HERE) ?? readPreference(ACCOUNT);
export const rememberAccount = (address: string): void => writePreference(ACCOUNT, address);
/** A reload changes nobody's account, whatever is chosen in another window. */
export const keepAccountHere = (address: string): void => sessionStorage.setItem(ACCOUNT_HERE, address);
