// SPDX-License-Identifier: Apache-2.0
import type { ChainClient } from "@tickstream/chain-client";
import { abortError } from "../errors.ts";
import type { InjectedExtension } from "./injected-extension.ts";
import { answer } from "./wallet-requests.ts";

/** The person reads a question of its own; afterwards comes the one that matters. */
const QUESTION_TIMEOUT_MS = 120_000;
const LOOKUP_TIMEOUT_MS = 5_000;

/** The chains each extension was told of, or did not want to hear of, while this page is open. */
const introduced = new WeakMap<InjectedExtension, Set<string>>();

/**
 * Describes the chain to the extension before the first signature, where it does not know this version of it: it shows
 * calls by name then, and encodes what it does not know by itself. A person who says no to it, or an extension that
 * cannot learn, signs all the same: the runtime uses only what every wallet knows.
 */
export async function introduceChain(
  extension: InjectedExtension,
  chain: ChainClient,
  signal: AbortSignal,
): Promise<void> {
  const { metadata } = extension;
  if (!metadata) return;
  const { describeForWallets } = await import("@tickstream/chain-client");
  const definition = await describeForWallets(chain);
  const { genesisHash, specVersion } = definition;
  const known = introduced.get(extension) ?? new Set();
  introduced.set(extension, known);
  const version = `${genesisHash}/${specVersion}`;
  if (known.has(version)) return;
  known.add(version);
  try {
    const list = await answer(() => metadata.get(), { timeoutMs: LOOKUP_TIMEOUT_MS, signal });
    if (list.some((one) => one.genesisHash === genesisHash && one.specVersion === specVersion)) return;
    await answer(() => metadata.provide(definition), { timeoutMs: QUESTION_TIMEOUT_MS, signal });
  } catch {
    // Only the names of things are lost, unless nobody waits any more.
    if (signal.aborted) {
      known.delete(version);
      throw abortError(signal);
    }
  }
}
