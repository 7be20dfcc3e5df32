// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { findProgram } from "./find-program.ts";

/** A Redis of a test's own, on loopback, that keeps nothing. */
export interface TestRedis {
  readonly url: string;
  /** Stops it where it stands: connections stay, and nothing is answered. */
  hang(): void;
  /** Lets it go on. */
  goOn(): void;
  /** Ends it, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, empty, where it was. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The server program; undefined where there is none. */
export function findRedis(): string | undefined {
  return findProgram(["redis-server"]);
}

/** @param program see {@link findRedis} */
export async function startRedis(program: string): Promise<TestRedis> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    // prettier-ignore
    const started = spawn(program, [
      "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no",
    ], { stdio: ["ignore", "pipe", "ignore"] });
    child = started;
    const lines = createInterface({ input: started.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => line.includes("Ready to accept connections") && resolve());
      started.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
    });
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    hang: () => child?.kill("SIGSTOP"),
    goOn: () => child?.kill("SIGCONT"),
    kill,
    restart: start,
    stop: kill,
  };
}

/** A port that nobody listens on now: Redis cannot choose one itself. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
