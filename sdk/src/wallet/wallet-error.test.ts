// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { SdkError } from "../errors.ts";
import { WalletError, walletFailure, type WalletErrorCode } from "./wallet-error.ts";

// Words of polkadot-js 0.62's background, and of others that speak its protocol.
test.each<[string, WalletErrorCode]>([
  ["Cancelled", "wallet-rejected"],
  ["Rejected", "wallet-rejected"],
  ["Rejected by user", "wallet-rejected"],
  ["User rejected approval", "wallet-rejected"],
  ["Connection request was cancelled by the user.", "wallet-rejected"],
  ["Connection request was rejected by the user.", "wallet-not-authorised"],
  ["The source https://page.example/ has not been enabled yet", "wallet-not-authorised"],
  [
    "The source https://page.example/ is not allowed to interact with this extension",
    "wallet-not-authorised",
  ],
  ["The source https://page.example/ has a pending authorization request", "wallet-busy"],
  ["Site https://page.example has not been authorised for Talisman yet", "wallet-not-authorised"],
  ["The source https://page.example is not allowed to interact with this account.", "wallet-account-unknown"],
  ["Unauthorised", "wallet-locked"],
  [
    "Pending authorisation request already exists for this site. Please accept or reject the request.",
    "wallet-busy",
  ],
  ["Rate limit exceeded. Try again later.", "wallet-busy"],
  ["Password needed to unlock the account", "wallet-locked"],
  ["Unable to decode using the supplied passphrase: incorrect password", "wallet-locked"],
  ["Unable to find keypair", "wallet-account-unknown"],
  ["Extension context invalidated.", "wallet-gone"],
  ["Could not establish connection. Receiving end does not exist.", "wallet-gone"],
  ["A thing nobody thought of", "wallet-failed"],
])("%s", (message, code) => {
  const failure = walletFailure(new Error(message));
  expect(failure).toBeInstanceOf(WalletError);
  expect(failure).toMatchObject({ code, details: message });
});

test("what is no error, and what is far too long, is told too", () => {
  expect(walletFailure("Cancelled")).toMatchObject({ code: "wallet-rejected" });
  expect(walletFailure(undefined)).toMatchObject({ code: "wallet-failed" });
  expect(walletFailure(new Error("x".repeat(10_000))).details).toHaveLength(300);
});

test("an error of ours stays as it is", () => {
  const disposed = new SdkError("disposed", "The wallet was disconnected.");
  expect(walletFailure(disposed)).toBe(disposed);
});
