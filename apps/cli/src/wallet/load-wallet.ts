// SPDX-License-Identifier: Apache-2.0
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { CliError } from "../cli-error.ts";

/** The key behind a seed phrase, hex seed or derivation (`//Bob`); never shown in an error. */
export async function loadWallet(suri: string): Promise<KeyringPair> {
  await cryptoWaitReady();
  try {
    return new Keyring({ type: "sr25519" }).addFromUri(suri);
  } catch {
    throw new CliError(
      "the account's secret can't be used: expected a seed phrase, a hex seed, or //Name on a development chain",
    );
  }
}
