// SPDX-License-Identifier: Apache-2.0
import { readPreference, writePreference } from "../preferences/preferences.ts";

const WALLET = "wallet";
const ACCOUNT = "account";

/** The wallet that was connected in an earlier visit, to be offered first and asked again. */
export const rememberedWallet = (): string | null => readPreference(WALLET);
export const rememberWallet = (name: string | null): void => writePreference(WALLET, name);

/** The account that was chosen last, by its address. */
export const rememberedAccount = (): string | null => readPreference(ACCOUNT);
export const rememberAccount = (address: string): void => writePreference(ACCOUNT, address);
