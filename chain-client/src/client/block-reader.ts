// SPDX-License-Identifier: Apache-2.0
import type { Vec } from "@polkadot/types";
import type { EventRecord } from "@polkadot/types/interfaces";
import { hexToNumber, hexToU8a, stringPascalCase } from "@polkadot/util";
import { blake2AsHex } from "@polkadot/util-crypto";
import type { Hex } from "@tickstream/contracts-types";
import { toPlain } from "../codec/to-plain.ts";
import { ChainRequestError } from "../errors.ts";
import type { ChainEvent } from "../events/chain-event.ts";
import type { Connection } from "./connection.ts";
import { storageKey, storageType, type Runtime } from "./runtime.ts";

/** What a block holds, without its events. */
export interface BlockBody {
  number: number;
  hash: Hex;
  parentHash: Hex;
  /** BLAKE2b-256 of each extrinsic: its hash as wallets and explorers show it. */
  extrinsics: Hex[];
}

interface BlockJson {
  block: { header: { number: Hex; parentHash: Hex }; extrinsics: Hex[] };
}

const REMEMBERED = 32;

/** Reads blocks; many that look for their transactions in the same block cost one request. */
export class BlockReader {
  readonly #connection: Connection;
  readonly #runtime: () => Runtime;
  readonly #bodies = new Map<Hex, Promise<BlockBody>>();
  readonly #events = new Map<Hex, Promise<ChainEvent[]>>();

  constructor(connection: Connection, runtime: () => Runtime) {
    this.#connection = connection;
    this.#runtime = runtime;
  }

  body(hash: Hex): Promise<BlockBody> {
    return remember(this.#bodies, hash, () => this.#readBody(hash));
  }

  events(hash: Hex): Promise<ChainEvent[]> {
    return remember(this.#events, hash, () => this.#readEvents(hash));
  }

  async #readBody(hash: Hex): Promise<BlockBody> {
    const answer = await this.#connection.request<BlockJson | null>("chain_getBlock", [hash]);
    if (answer === null) throw new ChainRequestError("chain_getBlock", new Error(`no block ${hash}`));
    const { header, extrinsics } = answer.block;
    return {
      number: hexToNumber(header.number),
      hash,
      parentHash: header.parentHash,
      extrinsics: extrinsics.map((bytes) => blake2AsHex(hexToU8a(bytes), 256)),
    };
  }

  async #readEvents(hash: Hex): Promise<ChainEvent[]> {
    const key = storageKey(this.#runtime().storage("system", "events"));
    const bytes = await this.#connection.request<Hex | null>("state_getStorage", [key, hash]);
    return bytes === null ? [] : decodeEvents(this.#runtime(), bytes);
  }
}

/** The value of `System.Events`. */
export function decodeEvents(runtime: Runtime, bytes: Hex): ChainEvent[] {
  const { registry } = runtime;
  const type = storageType(registry, runtime.storage("system", "events"));
  return registry.createTypeUnsafe<Vec<EventRecord>>(type, [bytes]).map(eventToPlain);
}

function eventToPlain({ phase, event }: EventRecord, index: number): ChainEvent {
  const names = event.data.names;
  const fields = event.data.map((value, i) => [names?.[i] ?? String(i), toPlain(value)]);
  return {
    pallet: stringPascalCase(event.section),
    name: event.method,
    data: Object.fromEntries(fields) as ChainEvent["data"],
    extrinsic: phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toNumber() : null,
    index,
  };
}

/** The last few, the oldest forgotten first; a failure is not remembered. */
function remember<T>(known: Map<Hex, Promise<T>>, key: Hex, read: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const reading = read();
  known.set(key, reading);
  reading.catch(() => known.delete(key));
  const oldest = known.keys().next();
  if (known.size > REMEMBERED && !oldest.done) known.delete(oldest.value);
  return reading;
}
