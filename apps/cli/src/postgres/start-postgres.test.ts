// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinaries } from "./binaries.ts";
import { canEnter, placeDatabase } from "./placement.ts";
import { type EmbeddedPostgres, startPostgres } from "./start-postgres.ts";

const module = fileURLToPath(new URL("./start-postgres.ts", import.meta.url));
let folder: string;
let elsewhere: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-cli-"));
  await chmod(folder, 0o755);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
  elsewhere = undefined;
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Gone, or dead and waiting for whoever adopted it to notice. */
function hasEnded(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("waited in vain");
    await sleep(20);
  }
}

/** Runs a database in a process of its own, which the test can kill. */
async function startInChild(): Promise<{
  child: ChildProcess;
  server: Pick<EmbeddedPostgres, "pid" | "port">;
}> {
  const script = `const { startPostgres } = await import(${JSON.stringify(module)});
    const { pid, port } = await startPostgres({ dataFolder: ${JSON.stringify(folder)} });
    console.log(JSON.stringify({ pid, port }));
    setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, server: JSON.parse(line) as { pid: number; port: number } };
}

function watchdogOf(pid: number): number {
  const found = readdirSync("/proc").find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, "latin1").includes(`tickstream-watchdog\0${pid}\0`);
    } catch {
      return false;
    }
  });
  if (!found) throw new Error("there is no watchdog");
  return Number(found);
}

describe("the embedded PostgreSQL", () => {
  test("is made once, starts again, and leaves no process", async () => {
    const steps: string[] = [];
    const first = await startPostgres({ dataFolder: folder, onProgress: (step) => steps.push(step) });
    elsewhere = first.location;
    expect(steps).toEqual([expect.stringContaining("creating the database")]);
    expect(await accepts(first.port)).toBe(true);
    await first.stop();
    expect(hasEnded(first.pid)).toBe(true);

    const second = await startPostgres({ dataFolder: folder, onProgress: (step) => steps.push(step) });
    expect(steps).toHaveLength(1);
    expect(second.location).toBe(first.location);
    await second.stop();
    expect(existsSync(join(second.location, "data", "postmaster.pid"))).toBe(false);
  });

  test("doesn't get the signals of the terminal's process group", async () => {
    const server = await startPostgres({ dataFolder: folder });
    elsewhere = server.location;
    const fields = (await readFile(`/proc/${server.pid}/stat`, "utf8")).split(") ")[1]?.split(" ");
    expect(Number(fields?.[2])).toBe(server.pid); // leads a group of its own
    await server.stop();
  });

  test("ends when the process that started it is killed, and starts again on the same data", async () => {
    const { child, server } = await startInChild();
    child.kill("SIGKILL");
    await until(() => hasEnded(server.pid));
    const again = await startPostgres({ dataFolder: folder });
    elsewhere = again.location;
    expect(await accepts(again.port)).toBe(true);
    await again.stop();
  });

  test("that outlived its starter and its watchdog is stopped by the next start", async () => {
    const { child, server } = await startInChild();
    process.kill(watchdogOf(server.pid), "SIGKILL");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await accepts(server.port)).toBe(true);
    const steps: string[] = [];
    const again = await startPostgres({ dataFolder: folder, onProgress: (step) => steps.push(step) });
    elsewhere = again.location;
    expect(steps).toEqual([expect.stringContaining("earlier run")]);
    expect(hasEnded(server.pid)).toBe(true);
    await again.stop();
  });

  test("says that it ended when somebody else stops it", async () => {
    const server = await startPostgres({ dataFolder: folder });
    elsewhere = server.location;
    process.kill(server.pid, "SIGINT");
    expect((await server.exited).code).toBe(0);
  });

  test("a port that is taken is one clear line", async () => {
    const first = await startPostgres({ dataFolder: folder });
    elsewhere = first.location;
    const other = await mkdtemp(join(tmpdir(), "tickstream-cli-"));
    await chmod(other, 0o755);
    await expect(startPostgres({ dataFolder: other, port: first.port })).rejects.toThrow(
      /PostgreSQL didn't start: .*FATAL/,
    );
    await rm(other, { recursive: true, force: true });
    await first.stop();
  });
});

describe.runIf(process.getuid?.() === 0)("as root", () => {
  test("a data folder only its owner may enter gets its database, and the programs, elsewhere", async () => {
    await chmod(folder, 0o700);
    const systemFolder = await mkdtemp(join(tmpdir(), "tickstream-system-"));
    await chmod(systemFolder, 0o755);
    elsewhere = systemFolder;
    const found = await findBinaries();
    const placed = await placeDatabase(folder, found, systemFolder);
    expect(placed.location.startsWith(systemFolder)).toBe(true);
    expect((await readFile(join(folder, "postgres-location"), "utf8")).trim()).toBe(placed.location);
    expect(placed.runAs && (await canEnter(placed.location, placed.runAs))).toBe(true);
    // The second start finds the same place.
    expect((await placeDatabase(folder, found, systemFolder)).location).toBe(placed.location);

    const hidden = { ...found, postgres: join(folder, "postgres") };
    const copied = await placeDatabase(folder, hidden, systemFolder);
    expect(copied.binaries.root.startsWith(systemFolder)).toBe(true);
    expect((await stat(copied.binaries.postgres)).mode & 0o005).toBe(0o005);
  });
});
