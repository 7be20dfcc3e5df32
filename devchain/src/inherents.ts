// SPDX-License-Identifier: Apache-2.0
import { xxhashAsU8a } from "@polkadot/util-crypto/xxhash";
import type { Executor } from "./executor.ts";
import { encodeHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { fromHex, toHex } from "./hex.ts";
import type { Hex } from "./hex.ts";
import { compact, lengthPrefixed, u32le, u64le, vec } from "./scale.ts";

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
  readonly paraId: number;
  /** Slots of relay chain and parachain are the same here: one block a slot, 6 s each. */
  readonly slot: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** A runtime upgrade waits for the relay chain's word. */
  readonly upgradePending: boolean;
}

/** SCALE of `sp_inherents::InherentData` with the time and the state of an invented relay chain. */
export async function encodeInherentData(input: InherentInput, executor: Executor): Promise<Hex> {
  const id = u32le(input.paraId);
  const head = lengthPrefixed(encodeHeader(input.parent));
  const relayState: [Hex, Hex][] = [
    [CURRENT_SLOT, toHex(u64le(input.slot))],
    [ACTIVE_CONFIG, toHex(HOST_CONFIGURATION)],
    [paraKey(PARAS_HEADS, id), toHex(head)],
  ];
  if (input.upgradePending) relayState.push([paraKey(UPGRADE_GO_AHEAD, id), toHex(UPGRADE_GO_AHEAD_YES)]);
  const proof = await executor.proof(relayState);
  // A StorageProof is a BTreeSet of nodes: sorted by their bytes.
  const nodes = proof.nodes.map(fromHex).toSorted((a, b) => Buffer.compare(a, b));
  const parachain = Buffer.concat([
    // PersistedValidationData
    head,
    u32le(input.slot),
    fromHex(proof.root),
    u32le(MAX_POV_SIZE),
    vec(nodes.map(lengthPrefixed)),
    vec([]), // downward messages
    vec([]), // horizontal messages
    vec([]), // relay parent descendants
    Uint8Array.of(0), // collator peer id
  ]);
  const entries = [
    { id: "sysi1338", data: parachain },
    { id: "timstap0", data: u64le(input.timestamp) },
  ];
  return toHex(
    Buffer.concat([
      compact(entries.length),
      ...entries.flatMap((e) => [Buffer.from(e.id), lengthPrefixed(e.data)]),
    ]),
  );
}

function paraKey(prefix: string, paraId: Uint8Array): Hex {
  return toHex(Buffer.concat([Buffer.from(prefix, "hex"), xxhashAsU8a(paraId, 64), paraId]));
}
