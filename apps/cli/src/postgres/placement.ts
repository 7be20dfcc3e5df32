// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CliError, codeOf } from "../cli-error.ts";
import { copyBinaries, type PostgresBinaries } from "./binaries.ts";

/** A user that a child process runs as. */
export interface RunAs {
  uid: number;
  gid: number;
}

/** Where the database stands and who runs it. */
export interface Placement {
  binaries: PostgresBinaries;
  /** The folder of everything PostgreSQL keeps. */
  location: string;
  /** Set where we are root, as whom PostgreSQL refuses to run. */
  runAs?: RunAs;
}

/** Where root puts a database (and its programs) that its unprivileged user couldn't reach otherwise. */
const SYSTEM_FOLDER = "/var/lib/tickstream";

/**
 * Decides where the database of a data folder stands. Normally that is `postgres/` inside it. Root must hand PostgreSQL to
 * another user, who may not be able to enter the data folder or the programs' folder (a clone only its owner may enter): then
 * the database stands in a folder of its own under /var/lib/tickstream, which the data folder's `postgres-location` names.
 */
export async function placeDatabase(
  dataFolder: string,
  found: PostgresBinaries,
  systemFolder = SYSTEM_FOLDER,
): Promise<Placement> {
  const inside = join(resolve(dataFolder), "postgres");
  if (process.getuid?.() !== 0) {
    await mkdir(inside, { recursive: true, mode: 0o700 });
    return { binaries: found, location: inside };
  }
  const pointer = join(dataFolder, "postgres-location");
  const elsewhere = await readFile(pointer, "utf8").catch((error) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  const runAs = (await ownerOf(join(elsewhere?.trim() ?? inside, "data"))) ?? (await unprivilegedUser());
  const binaries = (await canEnter(dirname(found.postgres), runAs))
    ? found
    : await copyBinaries(found, systemFolder);
  let location = elsewhere?.trim() ?? inside;
  if (!elsewhere && !(await canEnter(dataFolder, runAs))) {
    location = join(systemFolder, randomBytes(6).toString("hex"));
    await mkdir(location, { recursive: true });
    await writeFile(join(location, "belongs-to"), `${resolve(dataFolder)}\n`);
    await writeFile(pointer, `${location}\n`);
  }
  await mkdir(location, { recursive: true });
  await chmod(location, 0o711); // its user passes through to what it owns, whatever our umask
  return { binaries, location, runAs };
}

/** The user of an existing database, so that one made by another user keeps its owner. */
async function ownerOf(path: string): Promise<RunAs | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

/** `postgres` where there is one, else `nobody`: making a user on somebody's machine isn't ours to do. */
async function unprivilegedUser(): Promise<RunAs> {
  const users = await readFile("/etc/passwd", "utf8").catch(() => "");
  for (const name of ["postgres", "_postgres", "nobody"]) {
    const fields = users
      .split("\n")
      .map((line) => line.split(":"))
      .find(([user]) => user === name);
    const uid = Number(fields?.[2]);
    const gid = Number(fields?.[3]);
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  throw new CliError(
    "PostgreSQL doesn't run as root, and there is no user postgres or nobody to run it: start as another user, or name a database in DATABASE_URL",
  );
}

/** Whether a user may pass through every folder down to `path`, by their permission bits. */
export async function canEnter(path: string, user: RunAs): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
