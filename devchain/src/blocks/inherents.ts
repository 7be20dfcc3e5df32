// SPDX-License-Identifier: Apache-2.0
import { xxhashAsU8a } from "@polkadot/util-crypto/xxhash";
import { fromHex, toHex } from "../codec/hex.ts";
import type { Hex } from "../codec/hex.ts";
import { compact, lengthPrefixed, ScaleReader, u32le, u64le, vec } from "../codec/scale.ts";
import type { Executor } from "../execution/executor.ts";
import { encodeHeader } from "./header.ts";
import type { Header } from "./header.ts";

// Keys of the relay chain's state that a parachain reads (cumulus_primitives_core::relay_chain::well_known_keys).
const CURRENT_SLOT: Hex = "0x1cb6f36e027abb2091cfb5110ab5087f06155b3cd9a8c9e5e9a23fd5dc13a5ed";
const ACTIVE_CONFIG: Hex = "0x06de3d8a54d27e44a9d5ce189618f22db4b49d95320d9021994c850f25b8e385";
const PARAS_HEADS = "cd710b30bd2eab0352ddcc26417aa1941b3c252fcb29d88eff4f3de5de4476c3";
const UPGRADE_GO_AHEAD = "cd710b30bd2eab0352ddcc26417aa1949e94c040f5e73d9b7addd6cb603d15d3";

/** `AbridgedHostConfiguration`: what the relay chain would let a parachain do. */
const HOST_CONFIGURATION = Buffer.concat(
  [
    3_145_728, // max_code_size
    20_480, // max_head_data_size
    8, // max_upward_queue_count
    1_048_576, // max_upward_queue_size
    51_200, // max_upward_message_size
    8, // max_upward_message_num_per_candidate
    8, // hrmp_max_message_num_per_candidate
    5, // validation_upgrade_cooldown
    5, // validation_upgrade_delay
    3, // async_backing_params.max_candidate_depth
    2, // async_backing_params.allowed_ancestry_len
  ].map(u32le),
);
const MAX_POV_SIZE = 5 * 1024 * 1024;
const UPGRADE_GO_AHEAD_YES = Uint8Array.of(1);

/** What a collator would tell the runtime at the start of a block. */
export interface InherentInput {
  readonly parent: Header;
  readonly parentHash: Hex;
  /** The runtime that executes the block. */
  readonly code: Hex;
  readonly paraId: number;
  /** Slots of relay chain and parachain are the same here: one block a slot, 6 s each. */
  readonly slot: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** A runtime upgrade waits for the relay chain's word. */
  readonly upgradePending: boolean;
}

/** The inherents' calls begin with these bytes, as the runtime itself makes them: version, pallet and call. */
interface CallPrefixes {
  readonly code: Hex;
  readonly setValidationData: Hex;
  readonly setTimestamp: Hex;
}

/** What `parachainSystem.setValidationData` takes, in the parts that its two encodings share. */
interface ParachainData {
  readonly validationData: Uint8Array;
  readonly relayChainState: Uint8Array;
}

const PREFIX_BYTES = 3;
const NOTHING = vec([]);
const NO_PEER = Uint8Array.of(0);

/**
 * Makes the extrinsics with which each block begins. The runtime is asked for them once for each code, and from then on
 * only their arguments are exchanged, which halves the cost of an empty block. Where what the runtime makes is not
 * what is expected here, it is asked every time.
 */
export class InherentMaker {
  readonly #executor: Executor;
  #prefixes: CallPrefixes | undefined;

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  /** The inherents of the block after `input.parent`, in their order. */
  async make(input: InherentInput): Promise<Hex[]> {
    const data = await this.#parachainData(input);
    const time = compact(input.timestamp);
    if (this.#prefixes !== undefined && this.#prefixes.code === input.code) {
      return [
        extrinsic(this.#prefixes.setValidationData, validationArguments(data)),
        extrinsic(this.#prefixes.setTimestamp, time),
      ];
    }
    const inherents = await this.#ask(input, data);
    this.#prefixes = learn(input.code, inherents, time, validationArguments(data));
    return inherents;
  }

  async #ask(input: InherentInput, data: ParachainData): Promise<Hex[]> {
    // cumulus_primitives_parachain_inherent::ParachainInherentData
    const parachain = Buffer.concat([
      data.validationData,
      data.relayChainState,
      NOTHING, // downward messages
      NOTHING, // horizontal messages
      NOTHING, // relay parent descendants
      NO_PEER,
    ]);
    const entries = [
      { id: "sysi1338", data: parachain },
      { id: "timstap0", data: u64le(input.timestamp) },
    ];
    const inherentData = toHex(
      Buffer.concat([
        compact(entries.length),
        ...entries.flatMap((e) => [Buffer.from(e.id), lengthPrefixed(e.data)]),
      ]),
    );
    const { result } = await this.#executor.run(input.parentHash, [
      ["BlockBuilder_inherent_extrinsics", inherentData],
    ]);
    const reader = new ScaleReader(fromHex(result));
    const inherents: Hex[] = [];
    for (let count = Number(reader.compact()); count > 0; count--)
      inherents.push(toHex(lengthPrefixed(reader.bytes())));
    return inherents;
  }

  /** The validation data with the state of an invented relay chain, which has included every block so far. */
  async #parachainData(input: InherentInput): Promise<ParachainData> {
    const id = u32le(input.paraId);
    const head = lengthPrefixed(encodeHeader(input.parent));
    const relayState: [Hex, Hex][] = [
      [CURRENT_SLOT, toHex(u64le(input.slot))],
      [ACTIVE_CONFIG, toHex(HOST_CONFIGURATION)],
      [paraKey(PARAS_HEADS, id), toHex(head)],
    ];
    if (input.upgradePending) relayState.push([paraKey(UPGRADE_GO_AHEAD, id), toHex(UPGRADE_GO_AHEAD_YES)]);
    const proof = await this.#executor.proof(relayState);
    // A StorageProof is a BTreeSet of nodes: sorted by their bytes.
    const nodes = proof.nodes.map(fromHex).toSorted((a, b) => Buffer.compare(a, b));
    return {
      // PersistedValidationData
      validationData: Buffer.concat([head, u32le(input.slot), fromHex(proof.root), u32le(MAX_POV_SIZE)]),
      relayChainState: vec(nodes.map(lengthPrefixed)),
    };
  }
}

/** BasicParachainInherentData, then InboundMessagesData: full and hashed messages, down and across. */
function validationArguments(data: ParachainData): Uint8Array {
  return Buffer.concat([
    data.validationData,
    data.relayChainState,
    NOTHING,
    NO_PEER,
    NOTHING,
    NOTHING,
    NOTHING,
    NOTHING,
  ]);
}

function extrinsic(prefix: Hex, args: Uint8Array): Hex {
  return toHex(lengthPrefixed(Buffer.concat([fromHex(prefix), args])));
}

/** The prefixes in what the runtime made, or undefined where it made something else. */
function learn(
  code: Hex,
  inherents: Hex[],
  time: Uint8Array,
  validation: Uint8Array,
): CallPrefixes | undefined {
  const [first, second, ...more] = inherents.map((inherent) => new ScaleReader(fromHex(inherent)).bytes());
  if (first === undefined || second === undefined || more.length > 0) return undefined;
  const setValidationData = toHex(first.subarray(0, PREFIX_BYTES));
  const setTimestamp = toHex(second.subarray(0, PREFIX_BYTES));
  const expected = [extrinsic(setValidationData, validation), extrinsic(setTimestamp, time)];
  return expected.every((bytes, index) => bytes === inherents[index])
    ? { code, setTimestamp, setValidationData }
    : undefined;
}

function paraKey(prefix: string, paraId: Uint8Array): Hex {
  return toHex(Buffer.concat([Buffer.from(prefix, "hex"), xxhashAsU8a(paraId, 64), paraId]));
}
