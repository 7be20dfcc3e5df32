// SPDX-License-Identifier: Apache-2.0
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Genesis } from "../blocks/genesis.ts";
import type { Hex } from "../codec/hex.ts";
import { DevchainError, messageOf } from "../errors.ts";
import { CODE_KEY } from "../execution/storage-keys.ts";
import { decodeRecord, encodeRecord } from "./block-record.ts";
import type { BlockRecord } from "./block-record.ts";
import { syncFolder, writeDurably } from "./durable-file.ts";

/** After so many blocks the whole state is stored and a new log file begun: what a start has to replay is bounded. */
const BLOCKS_PER_FILE = 500;
/** Log files kept: 32,000 blocks, some two days of 6 s. Older ones are deleted. */
const FILES_KEPT = 64;
/** Old states held at once for clients that read history. */
const OLD_STATES = 4;

/** A log file and the blocks in it: the file named n holds the blocks after n, whose state stands in snapshot n. */
interface LogFile {
  readonly start: number;
  /** Offsets of the lines, one more than there are blocks; undefined while nobody asked. */
  lines: { readonly offsets: number[]; readonly hashes: Hex[] } | undefined;
}

interface Snapshot {
  readonly number: number;
  readonly hash: Hex;
  readonly entries: [Hex, Hex][];
}

/** Where a store stood when it was opened. */
export interface StoredChain {
  /** The state after `base.number`; genesis is 0. */
  readonly base: { readonly number: number; readonly hash: Hex; readonly entries: Map<Hex, Hex> };
  /** The blocks after it. */
  readonly blocks: BlockRecord[];
}

/** Blocks on disk: an append-only log in files, each synced before anyone hears of its block, and snapshots. */
export class BlockStore {
  readonly #dir: string;
  readonly #genesis: Genesis;
  readonly #blocksPerFile: number;
  #files: LogFile[] = [];
  #handle: FileHandle | undefined;
  #size = 0;
  #last: { number: number; hash: Hex };
  readonly #oldStates = new Map<number, Promise<Map<Hex, Hex>>>();

  private constructor(dir: string, genesis: Genesis, blocksPerFile: number) {
    this.#dir = dir;
    this.#genesis = genesis;
    this.#blocksPerFile = blocksPerFile;
    this.#last = { number: 0, hash: genesis.hash };
  }

  /**
   * Opens the chain in `dataDir`, cutting off a last line that was torn by a crash (nobody was told of that block).
   * Throws DevchainError "data-damaged" where anything else is wrong.
   */
  static async open(
    dataDir: string,
    genesis: Genesis,
    blocksPerFile: number = BLOCKS_PER_FILE,
  ): Promise<{ store: BlockStore; chain: StoredChain }> {
    const dir = join(dataDir, "blocks");
    await mkdir(dir, { recursive: true });
    const store = new BlockStore(dir, genesis, blocksPerFile);
    return { store, chain: await store.#resume() };
  }

  /** Stores a block durably. */
  async append(record: BlockRecord): Promise<void> {
    if (record.number !== this.#last.number + 1 || record.parentHash !== this.#last.hash) {
      throw new DevchainError(
        "data-damaged",
        `Block ${record.number} does not follow block ${this.#last.number}`,
      );
    }
    const file = this.#files.at(-1);
    if (file?.lines === undefined || this.#handle === undefined)
      throw new DevchainError("stopped", "The block store is closed");
    const bytes = Buffer.from(encodeRecord(record));
    try {
      const { bytesWritten } = await this.#handle.write(bytes, 0, bytes.length, this.#size);
      if (bytesWritten !== bytes.length) throw new Error("the disk took a part of it only");
      await this.#handle.datasync();
    } catch (cause) {
      // What stands behind `size` now is overwritten by the next attempt.
      throw new DevchainError(
        "data-unwritable",
        `Block ${record.number} could not be stored: ${messageOf(cause)}`,
        { cause },
      );
    }
    this.#size += bytes.length;
    file.lines.offsets.push(this.#size);
    file.lines.hashes.push(record.hash);
    this.#last = { number: record.number, hash: record.hash };
  }

  /** True when the state should be stored with `snapshot` before the next block. */
  get wantsSnapshot(): boolean {
    const file = this.#files.at(-1);
    return file !== undefined && this.#last.number - file.start >= this.#blocksPerFile;
  }

  /** Stores the state after the newest block, begins a new log file and deletes what is too old. */
  async snapshot(entries: Iterable<readonly [Hex, Hex]>): Promise<void> {
    const { number, hash } = this.#last;
    const code = this.#genesis.entries.get(CODE_KEY);
    // The code is left out while it is the one of genesis: it is a thousand times the rest.
    const kept = [...entries].filter(([key, value]) => key !== CODE_KEY || value !== code);
    await writeDurably(this.#dir, snapshotName(number), JSON.stringify({ number, hash, entries: kept }));
    // The old log stays in use until the new one is there.
    const old = this.#handle;
    await this.#begin({ start: number, lines: { offsets: [0], hashes: [] } }, 0);
    await old?.close();
    while (this.#files.length > FILES_KEPT) {
      const oldest = this.#files.shift();
      if (oldest === undefined) break;
      await rm(join(this.#dir, logName(oldest.start)), { force: true });
      await rm(join(this.#dir, snapshotName(oldest.start)), { force: true });
    }
  }

  /** A stored block by its number. */
  async blockAt(number: number): Promise<BlockRecord | undefined> {
    const file = this.#files.findLast((candidate) => candidate.start < number);
    if (file === undefined || number > this.#last.number) return undefined;
    const { offsets } = await this.#linesOf(file);
    const index = number - file.start - 1;
    const from = offsets[index];
    const to = offsets[index + 1];
    if (from === undefined || to === undefined) return undefined;
    const handle = await open(join(this.#dir, logName(file.start)), "r");
    try {
      const bytes = Buffer.alloc(to - from - 1);
      await handle.read(bytes, 0, bytes.length, from);
      return decodeRecord(bytes.toString("utf8"));
    } finally {
      await handle.close();
    }
  }

  /** The number of a stored block. */
  async numberOf(hash: Hex): Promise<number | undefined> {
    for (const file of this.#files.toReversed()) {
      const index = (await this.#linesOf(file)).hashes.indexOf(hash);
      if (index >= 0) return file.start + 1 + index;
    }
    return undefined;
  }

  /** The hash of a stored block. */
  async hashAt(number: number): Promise<Hex | undefined> {
    const file = this.#files.findLast((candidate) => candidate.start < number);
    return file === undefined ? undefined : (await this.#linesOf(file)).hashes[number - file.start - 1];
  }

  /** The state after a stored block. */
  async stateAt(number: number): Promise<ReadonlyMap<Hex, Hex> | undefined> {
    const file = this.#files.findLast((candidate) => candidate.start < number);
    if (file === undefined || number > this.#last.number) return undefined;
    let state = this.#oldStates.get(number);
    if (state === undefined) {
      state = this.#replay(file, number);
      this.#oldStates.set(number, state);
      state.catch(() => this.#oldStates.delete(number));
      const oldest = this.#oldStates.keys().next();
      if (this.#oldStates.size > OLD_STATES && !oldest.done) this.#oldStates.delete(oldest.value);
    }
    return state;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #resume(): Promise<StoredChain> {
    const names = await readdir(this.#dir);
    const starts = names.flatMap((name) => numberIn(name, ".log")).toSorted((a, b) => a - b);
    // A log file is begun only when its snapshot is safe, so a snapshot without one is a leftover.
    for (const number of names.flatMap((name) => numberIn(name, ".state"))) {
      if (!starts.includes(number)) await rm(join(this.#dir, snapshotName(number)), { force: true });
    }
    const start = starts.pop() ?? 0;
    this.#files = starts.map((earlier) => ({ start: earlier, lines: undefined }));
    const base = await this.#baseOf(start);
    const { blocks, lines, size } = await this.#readFile(start, true);
    let parent = { number: base.number, hash: base.hash };
    for (const block of blocks) {
      if (block.number !== parent.number + 1 || block.parentHash !== parent.hash)
        throw this.#damaged(`block ${block.number}`);
      parent = block;
    }
    this.#last = { number: parent.number, hash: parent.hash };
    await this.#begin({ start, lines }, size);
    return { base, blocks };
  }

  /** Goes on in a log file, cut to `size`. */
  async #begin(file: LogFile, size: number): Promise<void> {
    const handle = await open(join(this.#dir, logName(file.start)), size === 0 ? "w" : "r+");
    try {
      await handle.truncate(size);
      await handle.sync();
      await syncFolder(this.#dir);
    } catch (error) {
      await handle.close();
      throw error;
    }
    this.#handle = handle;
    this.#size = size;
    this.#files.push(file);
  }

  async #baseOf(number: number): Promise<StoredChain["base"]> {
    if (number === 0) return { number, hash: this.#genesis.hash, entries: new Map(this.#genesis.entries) };
    let snapshot: Snapshot;
    try {
      snapshot = JSON.parse(await readFile(join(this.#dir, snapshotName(number)), "utf8")) as Snapshot;
    } catch (cause) {
      throw this.#damaged(snapshotName(number), cause);
    }
    const code = this.#genesis.entries.get(CODE_KEY);
    const entries = new Map(snapshot.entries);
    if (code !== undefined && !entries.has(CODE_KEY)) entries.set(CODE_KEY, code);
    return { number, hash: snapshot.hash, entries };
  }

  async #replay(file: LogFile, number: number): Promise<Map<Hex, Hex>> {
    const { entries } = await this.#baseOf(file.start);
    const { blocks } = await this.#readFile(file.start, false);
    for (const block of blocks) {
      if (block.number > number) break;
      for (const [key, value] of block.changes) {
        if (value === null) entries.delete(key);
        else entries.set(key, value);
      }
    }
    return entries;
  }

  async #linesOf(file: LogFile): Promise<NonNullable<LogFile["lines"]>> {
    file.lines ??= (await this.#readFile(file.start, false)).lines;
    return file.lines;
  }

  /** Reads a log file; `newest` allows a torn end. */
  async #readFile(
    start: number,
    newest: boolean,
  ): Promise<{ blocks: BlockRecord[]; lines: NonNullable<LogFile["lines"]>; size: number }> {
    const name = logName(start);
    const bytes = await readFile(join(this.#dir, name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return Buffer.alloc(0);
      throw this.#damaged(name, cause);
    });
    const blocks: BlockRecord[] = [];
    const offsets = [0];
    let torn = false;
    for (let from = 0; from < bytes.length;) {
      const end = bytes.indexOf(10, from);
      const record = end < 0 ? undefined : decodeRecord(bytes.toString("utf8", from, end));
      if (record === undefined) torn = true;
      else if (torn) throw this.#damaged(name);
      else {
        blocks.push(record);
        offsets.push(end + 1);
      }
      from = end < 0 ? bytes.length : end + 1;
    }
    // While a block is being appended its line may stand half in the file; only at the end of the newest may that be.
    if (torn && !newest && start !== this.#files.at(-1)?.start) throw this.#damaged(name);
    return {
      blocks,
      lines: { offsets, hashes: blocks.map((block) => block.hash) },
      size: offsets.at(-1) ?? 0,
    };
  }

  #damaged(what: string, cause?: unknown): DevchainError {
    return new DevchainError(
      "data-damaged",
      `The chain's data is damaged (${what} in ${this.#dir}): delete the chain's data folder to start a new chain.`,
      { cause },
    );
  }
}

function logName(start: number): string {
  return `${String(start).padStart(10, "0")}.log`;
}

function snapshotName(number: number): string {
  return `${String(number).padStart(10, "0")}.state`;
}

function numberIn(name: string, suffix: string): number[] {
  return name.endsWith(suffix) && /^\d{10}\.[a-z]+$/.test(name) ? [Number(name.slice(0, 10))] : [];
}
