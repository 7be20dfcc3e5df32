// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { CliError } from "../cli-error.ts";
import { keepLines } from "../processes/keep-lines.ts";
import { startWatchdog } from "../processes/watchdog.ts";
import { findBinaries } from "./binaries.ts";
import { type Placement, placeDatabase } from "./placement.ts";
import { stopStalePostmaster } from "./stale-postmaster.ts";

const DATABASE = "tickstream";
const USER = "tickstream";
/** Recovery after a crash replays at most a gigabyte or so of log. */
const START_TIMEOUT_MS = 120_000;
/** What of the server's lines an operator should see. */
const WORTH_A_WARNING = /\b(WARNING|ERROR|FATAL|PANIC):/;
/** Answers to clients that come too early or late: they try again. */
const PASSES_BY_ITSELF = /the database system is|terminating connection due to administrator command/;

export interface PostgresOptions {
  /** The caller holds its lock: one program at a time. */
  dataFolder: string;
  /** Told before each step that takes longer than a moment. */
  onProgress?: (step: string) => void;
  /** The server's own warnings and errors. */
  onWarning?: (line: string) => void;
  /** A port to insist on, as at a restart; otherwise a free one. */
  port?: number;
}

/** A running PostgreSQL of our own, on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  /** For DATABASE_URL; holds the password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The folder where it keeps everything. */
  readonly location: string;
  /** Settles when the server has ended, however it came to that. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; lastLines: string[] }>;
  /** Stops it: fast, then forced. Leaves no process. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL of a data folder, and makes its database at the first time. It doesn't share the terminal's
 * process group, so a Ctrl-C reaches whoever coordinates the shutdown and not the database; and a watchdog stops it when this
 * process dies without a chance to.
 * @throws CliError with the server's own last words where it doesn't start
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const placement = await placeDatabase(options.dataFolder, await findBinaries());
  const pgData = join(placement.location, "data");
  if (!existsSync(pgData)) {
    options.onProgress?.("creating the database (once, some seconds)");
    await createCluster(placement, pgData);
  } else if ((await stopStalePostmaster(pgData)) === "stopped") {
    options.onProgress?.("stopped a PostgreSQL that an earlier run had left");
  }
  const password = (await readFile(join(placement.location, "password"), "utf8")).trim();
  const port = options.port ?? (await freePort());
  const server = await launch(placement, pgData, port, options);
  return {
    ...server,
    port,
    location: placement.location,
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
  };
}

/** initdb into a folder beside, which gets its name when all is done: an interrupted first start leaves no half database. */
async function createCluster(placement: Placement, pgData: string): Promise<void> {
  const { binaries, location, runAs } = placement;
  const unfinished = `${pgData}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = join(location, "password");
  const file = await open(passwordFile, "w", 0o600);
  try {
    await file.writeFile(`${randomBytes(24).toString("hex")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(passwordFile, 0o600);
  if (runAs) {
    await chown(unfinished, runAs.uid, runAs.gid);
    await chown(passwordFile, runAs.uid, runAs.gid);
  }
  await runToEnd(placement, binaries.initdb, unfinished, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
  ]);
  // A server without a network makes the database: nobody can connect before it is there.
  await runToEnd(
    placement,
    binaries.postgres,
    unfinished,
    ["--single", "-D", unfinished, "postgres"],
    `CREATE DATABASE ${DATABASE}\n`,
  );
  await rename(unfinished, pgData);
}

async function runToEnd(
  placement: Placement,
  program: string,
  cwd: string,
  args: string[],
  input = "",
): Promise<void> {
  const child = spawn(program, args, {
    ...placement.runAs,
    cwd,
    env: environment(),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines = keepLines(child);
  child.stdin.on("error", () => undefined).end(input); // a child that fails early doesn't read it: its exit code says so
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0)
    throw new CliError(`creating the database failed: ${lines().at(-1) ?? `exit code ${code}`}`);
}

async function launch(
  placement: Placement,
  pgData: string,
  port: number,
  options: PostgresOptions,
): Promise<Pick<EmbeddedPostgres, "pid" | "exited" | "stop">> {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 60,
    shared_buffers: "64MB",
    // Money is durable: these are the defaults, said so that no edited file changes them.
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    log_min_messages: "warning",
    jit: "off",
  };
  const child = spawn(
    placement.binaries.postgres,
    ["-D", pgData, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    {
      ...placement.runAs,
      cwd: pgData,
      env: environment(),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const lines = keepLines(child, (line) => {
    if (WORTH_A_WARNING.test(line) && !PASSES_BY_ITSELF.test(line)) options.onWarning?.(line);
  });
  const exited = new Promise<Awaited<EmbeddedPostgres["exited"]>>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, lastLines: lines() }));
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (cause) =>
      reject(new CliError(`PostgreSQL can't be started: ${cause.message}`, { cause })),
    );
  });
  failed.catch(() => undefined); // only the start races against it
  let watchdog: ChildProcess | undefined;
  const stop = async () => {
    const forced = [
      setTimeout(() => child.kill("SIGQUIT"), 1_500),
      setTimeout(() => child.kill("SIGKILL"), 4_000),
    ];
    child.kill("SIGINT");
    await exited;
    forced.forEach(clearTimeout);
  };
  const timeout = setTimeout(() => child.kill("SIGQUIT"), START_TIMEOUT_MS);
  try {
    const ready = new Promise<void>((resolve) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        if (line.includes("database system is ready to accept connections")) resolve();
      });
    });
    if (child.pid !== undefined) {
      watchdog = startWatchdog({ pid: child.pid, signals: ["INT", "QUIT"], runAs: placement.runAs });
    }
    void exited.then(() => watchdog?.kill("SIGKILL"));
    const early = await Promise.race([ready, failed, exited]);
    if (early) {
      const reason =
        early.lastLines.findLast((line) => /FATAL|ERROR|PANIC/.test(line)) ?? early.lastLines.at(-1);
      throw new CliError(`PostgreSQL didn't start: ${reason ?? `exit code ${early.code}`}`);
    }
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw error;
  } finally {
    clearTimeout(timeout);
  }
  if (child.pid === undefined) throw new CliError("PostgreSQL has no process");
  return { pid: child.pid, exited, stop };
}

/** English messages and plain sorting, whatever the terminal's language; nothing of ours leaks in. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
