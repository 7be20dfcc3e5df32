// SPDX-License-Identifier: Apache-2.0
import { fromHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { compact, ScaleReader, u32le } from "../codec/scale.ts";
import { DevchainError } from "../errors.ts";
import type { RunResult, RuntimeCall } from "../execution/executor-messages.ts";
import type { Executor } from "../execution/executor.ts";
import type { StateView, StorageChange } from "../execution/state.ts";
import { CODE_KEY, EXTRINSIC_INDEX_KEY, storageValueKey } from "../execution/storage-keys.ts";
import { decodeApplied } from "../transactions/transaction-validity.ts";
import type { InvalidTransaction } from "../transactions/transaction-validity.ts";
import { auraSlotLog, decodeHeader, encodeHeader, hashHeader, ZERO_HASH } from "./header.ts";
import type { Header } from "./header.ts";
import { InherentMaker } from "./inherents.ts";

const PARA_ID_KEY = storageValueKey("ParachainInfo", "ParachainId");
const PENDING_CODE_KEY = storageValueKey("ParachainSystem", "PendingValidationCode");
const DEFAULT_PARA_ID = 100;

export interface BlockInput {
  readonly parent: { readonly hash: Hex; readonly header: Header };
  readonly parentState: StateView;
  readonly slot: number;
  /** Milliseconds since 1970; within the slot. */
  readonly timestamp: number;
  /** In the order they should stand in the block. */
  readonly transactions: readonly Hex[];
}

/** Why a transaction is not in the block. A trap is a transaction that broke the runtime. */
type Refusal = InvalidTransaction | { readonly kind: "trap"; readonly reason: string };

export interface BuiltBlock {
  readonly hash: Hex;
  readonly header: Header;
  readonly extrinsics: Hex[];
  readonly included: Hex[];
  readonly refused: { readonly transaction: Hex; readonly refusal: Refusal }[];
  readonly changes: StorageChange[];
}

/**
 * Builds blocks by executing the runtime. Loading the wasm costs far more than most calls do, so all of a block is
 * tried in one run; where a transaction turns out not to be in it, halves are tried until it is found.
 */
export class BlockBuilder {
  readonly #executor: Executor;
  readonly #inherents: InherentMaker;
  /** State version of the extrinsics root: learned at the first block. */
  #rootVersion: number | undefined;

  constructor(executor: Executor) {
    this.#executor = executor;
    this.#inherents = new InherentMaker(executor);
  }

  /** Throws DevchainError "block-failed" where not even the frame of the block can be executed. */
  async build(input: BlockInput): Promise<BuiltBlock> {
    const inherents = await this.#makeInherents(input);
    const start: RuntimeCall[] = [
      ["Core_initialize_block", toHex(encodeHeader(startHeader(input)))],
      ...inherents.map(applyCall),
    ];
    const quick = await this.#tryWhole(input, start, inherents);
    return quick ?? (await this.#buildInParts(input, start, inherents));
  }

  async #makeInherents({ parent, parentState, slot, timestamp }: BlockInput): Promise<Hex[]> {
    const paraId = parentState.get(PARA_ID_KEY);
    return this.#inherents.make({
      parent: parent.header,
      parentHash: parent.hash,
      code: parentState.get(CODE_KEY) ?? "0x",
      paraId: paraId === undefined ? DEFAULT_PARA_ID : new ScaleReader(fromHex(paraId)).u32(),
      slot,
      timestamp,
      upgradePending: parentState.get(PENDING_CODE_KEY) !== undefined,
    });
  }

  /** The block in one run, or undefined where something in it failed. */
  async #tryWhole(
    input: BlockInput,
    start: RuntimeCall[],
    inherents: Hex[],
  ): Promise<BuiltBlock | undefined> {
    const extrinsics = [...inherents, ...input.transactions];
    let run: RunResult;
    try {
      run = await this.#executor.run(input.parent.hash, [
        ...start,
        ...input.transactions.map(applyCall),
        ["BlockBuilder_finalize_block"],
      ]);
    } catch (error) {
      if (error instanceof DevchainError && error.code === "runtime-call-failed") return undefined;
      throw error;
    }
    const header = decodeHeader(fromHex(run.result));
    // Only the last call's result comes back; that each extrinsic is in the block shows in their root.
    if (!(await this.#isRootOf(header.extrinsicsRoot, extrinsics))) return undefined;
    return finish(header, extrinsics, [...input.transactions], [], run.changes);
  }

  /** The block step by step; throws where even a block without transactions fails. */
  async #buildInParts(input: BlockInput, start: RuntimeCall[], inherents: Hex[]): Promise<BuiltBlock> {
    const at = input.parent.hash;
    const overlay = new Map<Hex, Hex | null>();
    const included: Hex[] = [];
    const refused: BuiltBlock["refused"] = [];
    const run = async (calls: RuntimeCall[]): Promise<RunResult | Trap> => {
      try {
        return await this.#executor.run(at, calls, [...overlay]);
      } catch (error) {
        if (error instanceof DevchainError && error.code === "runtime-call-failed")
          return { trap: error.message };
        throw error;
      }
    };
    const apply = async (transactions: readonly Hex[]): Promise<void> => {
      const first = transactions[0];
      if (first === undefined) return;
      const outcome = await run(transactions.map(applyCall));
      const index = toHex(u32le(inherents.length + included.length + transactions.length));
      if (
        !isTrap(outcome) &&
        outcome.changes.some(([key, value]) => key === EXTRINSIC_INDEX_KEY && value === index)
      ) {
        merge(overlay, outcome.changes);
        included.push(...transactions);
      } else if (transactions.length === 1) {
        const refusal = isTrap(outcome) ? undefined : decodeApplied(outcome.result);
        const reason = isTrap(outcome) ? outcome.trap : "the runtime did not count it";
        refused.push({ transaction: first, refusal: refusal ?? { kind: "trap", reason } });
      } else {
        const half = transactions.length >> 1;
        await apply(transactions.slice(0, half));
        await apply(transactions.slice(half));
      }
    };
    const started = await run(start);
    if (isTrap(started)) throw blockFailed(input, started.trap);
    merge(overlay, started.changes);
    await apply(input.transactions);
    const end = await run([["BlockBuilder_finalize_block"]]);
    if (!isTrap(end)) {
      merge(overlay, end.changes);
      const header = decodeHeader(fromHex(end.result));
      return finish(header, [...inherents, ...included], included, refused, [...overlay]);
    }
    // One of them keeps the block from being closed: half as many, until it is found. The rest goes into later blocks.
    if (included.length === 0) throw blockFailed(input, end.trap);
    const fewer = included.slice(0, included.length >> 1);
    const block = await this.#buildInParts({ ...input, transactions: fewer }, start, inherents);
    const culprit = included.length === 1 ? included[0] : undefined;
    if (culprit !== undefined)
      refused.push({ transaction: culprit, refusal: { kind: "trap", reason: end.trap } });
    return { ...block, refused: [...refused, ...block.refused] };
  }

  async #isRootOf(root: Hex, extrinsics: readonly Hex[]): Promise<boolean> {
    const entries = extrinsics.map((extrinsic, index) => [toHex(compact(index)), extrinsic] as const);
    for (const version of this.#rootVersion === undefined ? [0, 1] : [this.#rootVersion]) {
      if ((await this.#executor.root(entries, version)) !== root) continue;
      this.#rootVersion = version;
      return true;
    }
    return false;
  }
}

interface Trap {
  readonly trap: string;
}

function isTrap(outcome: RunResult | Trap): outcome is Trap {
  return "trap" in outcome;
}

function blockFailed(input: BlockInput, reason: string): DevchainError {
  return new DevchainError(
    "block-failed",
    `Block ${input.parent.header.number + 1} could not be built: ${reason}`,
  );
}

function applyCall(extrinsic: Hex): RuntimeCall {
  return ["BlockBuilder_apply_extrinsic", extrinsic];
}

function startHeader({ parent, slot }: BlockInput): Header {
  return {
    parentHash: parent.hash,
    number: parent.header.number + 1,
    stateRoot: ZERO_HASH,
    extrinsicsRoot: ZERO_HASH,
    logs: [auraSlotLog(slot)],
  };
}

function finish(
  fromRuntime: Header,
  extrinsics: Hex[],
  included: Hex[],
  refused: BuiltBlock["refused"],
  changes: StorageChange[],
): BuiltBlock {
  // The executor has no trie, so what the runtime took for a state root is none; zero says so.
  const header: Header = { ...fromRuntime, stateRoot: ZERO_HASH };
  return { hash: hashHeader(header), header, extrinsics, included, refused, changes };
}

function merge(overlay: Map<Hex, Hex | null>, changes: readonly StorageChange[]): void {
  for (const [key, value] of changes) overlay.set(key, value);
}
