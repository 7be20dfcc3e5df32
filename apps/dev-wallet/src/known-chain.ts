// SPDX-License-Identifier: Apache-2.0
import type { MetadataDef } from "@polkadot/extension-inject/types";
import { Metadata, TypeRegistry } from "@polkadot/types";
import { base64Decode } from "@polkadot/util-crypto";

/** The types of a chain that a page described; only the plain ones where it left its calls out. */
export function registryOf(chain: MetadataDef): TypeRegistry {
  const registry = new TypeRegistry();
  registry.register(chain.types);
  if (chain.metaCalls !== undefined) {
    registry.setMetadata(
      new Metadata(registry, base64Decode(chain.metaCalls)),
      undefined,
      chain.userExtensions,
    );
  }
  return registry;
}
