// SPDX-License-Identifier: Apache-2.0
import type { ChainClient, WalletChainDescription } from "@tickstream/chain-client";
import { abortError } from "../errors.ts";
import type { InjectedExtension } from "./injected-extension.ts";
import { answer, type RequestOptions } from "./wallet-requests.ts";

/** The person reads a question of its own; afterwards comes the one that matters. */
const QUESTION_TIMEOUT_MS = 120_000;
const LOOKUP_TIMEOUT_MS = 5_000;

/** The chains that each extension knows, was told of, or did not want to hear of, while this page is open. */
const introduced = new WeakMap<InjectedExtension, Map<string, Promise<unknown>>>();

/**
 * Describes the chain to the extension before the first signature, where it does not know this version of it: it shows
 * calls by name then, and encodes what it does not know by itself. A person who says no to it, or an extension that
 * cannot learn, signs all the same: the runtime uses only what every wallet knows.
 */
export async function introduceChain(
  extension: InjectedExtension,
  chain: ChainClient,
  { onStage, signal = new AbortController().signal }: RequestOptions,
): Promise<void> {
  if (!extension.metadata) return;
  const { describeForWallets } = await import("@tickstream/chain-client");
  const definition = await describeForWallets(chain);
  const { genesisHash, specVersion } = definition;
  const versions = introduced.get(extension) ?? new Map<string, Promise<unknown>>();
  introduced.set(extension, versions);
  const version = `${genesisHash}/${specVersion}`;
  // Who signs meanwhile waits for the same answer.
  let known = versions.get(version);
  if (!known) versions.set(version, (known = introduce(extension.metadata, definition, onStage)));
  try {
    await answer(() => known, { timeoutMs: LOOKUP_TIMEOUT_MS + QUESTION_TIMEOUT_MS, signal });
  } catch {
    // Only the names of things are lost, unless nobody waits any more: the question may have died with the wallet's worker.
    if (!signal.aborted) return;
    versions.delete(version);
    throw abortError(signal);
  }
}

async function introduce(
  metadata: NonNullable<InjectedExtension["metadata"]>,
  definition: WalletChainDescription,
  onStage: RequestOptions["onStage"],
): Promise<void> {
  const { genesisHash, specVersion } = definition;
  const list = await answer(() => metadata.get(), { timeoutMs: LOOKUP_TIMEOUT_MS });
  if (list.some((one) => one.genesisHash === genesisHash && one.specVersion === specVersion)) return;
  onStage?.("introducing");
  await answer(() => metadata.provide(definition), { timeoutMs: QUESTION_TIMEOUT_MS });
}
