// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair, KeyringPair$Json } from "@polkadot/keyring/types";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import type { NodeConfig } from "./config.ts";
import { ConfigError } from "./load-config.ts";

/** Derivations of the development phrase: everybody has their keys. */
const DEVELOPMENT_KEY = /^\/\/|bottom drive obey lake curtain smoke basket hold race lonely fit walk/;

/**
 * The key that opens and settles channels, and is paid the operator's share.
 *
 * @throws {@link ConfigError} where there is none, or one that everybody has outside development
 */
export async function loadOperatorKey(config: NodeConfig): Promise<KeyringPair> {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: "sr25519" });
  const { operatorSuri, operatorKeystore, operatorPassword } = config;
  if (operatorSuri !== undefined) {
    if (!config.dev && DEVELOPMENT_KEY.test(operatorSuri)) {
      throw new ConfigError(
        "config-invalid",
        "The operator's key is a well-known one: anybody could take its money.",
        {
          details: "operatorSuri; development keys need dev",
        },
      );
    }
    try {
      return keyring.addFromUri(operatorSuri);
    } catch {
      // Its message may quote the secret.
      throw new ConfigError("config-invalid", "The operator's key cannot be used.", {
        details: "operatorSuri",
      });
    }
  }
  if (operatorKeystore === undefined) {
    throw new ConfigError("config-invalid", "The node needs an operator's key.", {
      details: "operatorSuri (OPERATOR_SURI), or operatorKeystore and operatorPassword",
    });
  }
  try {
    const pair = keyring.addFromJson(
      JSON.parse(await readFile(operatorKeystore, "utf8")) as KeyringPair$Json,
    );
    pair.decodePkcs8(operatorPassword);
    return pair;
  } catch {
    throw new ConfigError("config-invalid", "The operator's keystore cannot be opened.", {
      details: "operatorKeystore, operatorPassword",
    });
  }
}
