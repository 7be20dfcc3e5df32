// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { bytesToHex, hexToBytes } from "@tickstream/contracts-types";
import { asError, SdkError } from "../errors.ts";
import type { SessionStore } from "../payment/session-store.ts";
import { SerialQueue } from "../serial-queue.ts";
import { lockFile, type LockFile } from "./lock-file.ts";
import { createRecordStore, type RecordBackend, type RecordKinds } from "./record-store.ts";

/** How long one process waits for another that changes the same record. */
const UPDATE_LOCK_TIMEOUT_MS = 5_000;

/**
 * Node's session store: one small file a record in `folder` (made, readable by its owner only, where missing).
 * A record is replaced by writing a new file, syncing it, renaming it over the old one and syncing the folder: after
 * a crash at any moment the old or the new one is there, whole.
 */
export function createFileStore(folder: string): SessionStore {
  return createRecordStore(createFileBackend(folder));
}

function createFileBackend(folder: string): RecordBackend {
  const locks = new Set<LockFile>();
  /** One change a record at a time within the process; the lock file keeps out the others. */
  const queues = new Map<string, SerialQueue>();
  let closed = false;
  let made: Promise<unknown> | null = null;

  const ready = () => {
    if (closed) throw new SdkError("disposed", "The store is closed.");
    made ??= mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      made = null;
      throw new SdkError("store-failed", "The folder for payment records cannot be made.", {
        details: folder,
        cause,
      });
    });
    return made;
  };

  async function change<Kind extends keyof RecordKinds>(
    kind: Kind,
    id: string,
    apply: (stored: RecordKinds[Kind] | undefined) => RecordKinds[Kind] | undefined,
  ): Promise<RecordKinds[Kind] | undefined> {
    await ready();
    const path = join(folder, `${kind}.${id}.json`);
    // A channel's record is its payer's alone, who holds the channel's lock: no second one a tick.
    const lock = kind === "channel" ? null : await lockFile(`${path}.lock`, UPDATE_LOCK_TIMEOUT_MS);
    if (kind !== "channel" && lock === null) {
      throw new SdkError("store-locked", "Another process holds the payment records.", { details: path });
    }
    try {
      const next = apply(await readRecord<RecordKinds[Kind]>(path));
      if (next === undefined) {
        await rm(path, { force: true });
        await syncFolder(folder);
      } else {
        await replaceFile(folder, path, encodeRecord(next));
      }
      return next;
    } catch (cause) {
      if (cause instanceof SdkError) throw cause;
      throw new SdkError("store-failed", "The payment records could not be written.", {
        details: `${path}: ${asError(cause).message}`,
        cause,
      });
    } finally {
      await lock?.release();
    }
  }

  return {
    keepsCryptoKeys: false,
    async list<Kind extends keyof RecordKinds>(kind: Kind) {
      await ready();
      const names = (await readdir(folder)).filter(
        (name) => name.startsWith(`${kind}.`) && name.endsWith(".json"),
      );
      const records = await Promise.all(
        names.map((name) => readRecord<RecordKinds[Kind]>(join(folder, name))),
      );
      return records.filter((record) => record !== undefined);
    },
    async get<Kind extends keyof RecordKinds>(kind: Kind, id: string) {
      await ready();
      return readRecord<RecordKinds[Kind]>(join(folder, `${kind}.${id}.json`));
    },
    async update(kind, id, apply) {
      const name = `${kind}.${id}`;
      let queue = queues.get(name);
      if (!queue) queues.set(name, (queue = new SerialQueue()));
      try {
        return await queue.run(() => change(kind, id, apply));
      } finally {
        if (queue.idle && queues.get(name) === queue) queues.delete(name);
      }
    },
    async tryLock(name) {
      await ready();
      const lock = await lockFile(join(folder, `${encodeURIComponent(name)}.lock`), 0);
      if (lock === null) return null;
      locks.add(lock);
      return {
        release: async () => {
          if (locks.delete(lock)) await lock.release();
        },
      };
    },
    async close() {
      closed = true;
      await Promise.all([...queues.values()].map((queue) => queue.drained()));
      await Promise.all([...locks].map((lock) => lock.release()));
      locks.clear();
    },
  };
}

async function readRecord<T>(path: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SdkError("store-failed", "A payment record cannot be read.", { details: path, cause });
  }
  try {
    return decodeRecord(text) as T;
  } catch (cause) {
    throw new SdkError("store-failed", "A payment record is damaged.", { details: path, cause });
  }
}

let temporaryFiles = 0;

async function replaceFile(folder: string, path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.${++temporaryFiles}.tmp`;
  const file = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(folder);
}

/** A rename is durable once the folder is; Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** JSON has neither bigint nor bytes: `{"$bigint":"…"}` and `{"$bytes":"0x…"}` stand for them. */
export function encodeRecord(record: unknown): string {
  return JSON.stringify(record, (_name, value: unknown) => {
    if (typeof value === "bigint") return { $bigint: value.toString() };
    if (value instanceof Uint8Array) return { $bytes: bytesToHex(value) };
    return value;
  });
}

export function decodeRecord(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$bigint" in value && typeof value.$bigint === "string") return BigInt(value.$bigint);
    if ("$bytes" in value && typeof value.$bytes === "string") return hexToBytes(value.$bytes);
    return value;
  });
}
