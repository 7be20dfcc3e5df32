// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
// Without the chain itself, which runs in the other process.
import { spawnDevchain } from "@tickstream/devchain/spawn";
import { CliError, codeOf } from "../cli-error.ts";
import { createLog } from "../terminal/create-log.ts";
import { type Run, runUntilStopped, type Running } from "../terminal/run-until-stopped.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type EmbeddedPostgres, startPostgres } from "../postgres/start-postgres.ts";
import { keepRunning, type Part } from "../processes/keep-running.ts";
import { checkPort } from "./check-port.ts";
import { openDataFolder } from "./data-folder.ts";
import { startOmniNode } from "./start-omni-node.ts";
import { printWelcome } from "./welcome.ts";

/** What `tickstream up` can be told. */
export interface UpOptions {
  dataDir: string;
  host: string;
  httpPort: number;
  rtmpPort: number;
  chainPort: number;
  chain: "embedded" | "omni";
  chainUrl?: string;
  databaseUrl?: string;
  blockTime: number;
  demo: boolean;
  verbose: boolean;
}

/** What was built for browsers. */
const built = (folder: string): string => fileURLToPath(new URL(`../../../../${folder}`, import.meta.url));
const VIEWER = built("apps/viewer/dist");
const STUDIO = built("apps/creator/dist");
const DEV_WALLET = built("apps/dev-wallet/dist");
/** Whoever comes to look sees something before there is a wallet. */
const PREVIEW_TICKS = 15;
const ELEMENT = built("sdk/dist/element");

/** The node's account on a development chain, which has money for its transactions. */
const OPERATOR_SURI = "//Alice";

/** Starts everything on this machine, in the order in which things need each other; Ctrl-C stops it in the reverse. */
export function runUp(options: UpOptions): Promise<void> {
  return runUntilStopped(async (run) => {
    const { terminal, start } = run;
    for (const app of [VIEWER, STUDIO]) {
      if (existsSync(join(app, "index.html"))) continue;
      throw new CliError("the web apps aren't built: run npm run build:apps (npm start does)");
    }
    await checkPorts(options);
    const folder = await start("data folder", async () => {
      const opened = await openDataFolder(options.dataDir);
      return { ...opened, stop: opened.release };
    });
    // Loading the node's code takes as long as the chain's start: at the same time.
    const loading = Promise.all([import("@tickstream/media-node"), import("./start-demo.ts")]);
    loading.catch(() => undefined); // told when it is awaited
    const { databaseUrl, databaseAt, chainUrl } = await startFoundations(run, options, folder.path);
    terminal.step("starting the media node");
    const [{ createMediaNode }, { startDemo }] = await loading;
    const log = createLog(options.verbose ? "info" : "warn");
    const node = await start("media node", () =>
      createMediaNode({
        config: {
          host: options.host,
          httpPort: options.httpPort,
          rtmpPort: options.rtmpPort,
          databaseUrl,
          chainUrl,
          operatorSuri: OPERATOR_SURI,
          dev: true,
          previewTicks: PREVIEW_TICKS,
          appsDir: VIEWER,
          studioDir: STUDIO,
          devWalletDir: DEV_WALLET,
          elementDir: ELEMENT,
          ...(process.env["FFMPEG_PATH"] ? { ffmpegPath: process.env["FFMPEG_PATH"] } : {}),
        },
        log,
        onFatal: (error) => run.shutdown.request(error.message),
      }),
    );
    const host = ["0.0.0.0", "::"].includes(options.host) ? "127.0.0.1" : options.host;
    const rtmp = `rtmp://${host}:${node.rtmpPort}/live`;
    const { demo, own } = await startDemo(run, {
      node: `http://${host}:${node.httpPort}`,
      rtmp,
      folder: folder.path,
      demo: options.demo,
    });
    printWelcome(terminal, {
      page: `http://${host === "127.0.0.1" ? "localhost" : host}:${node.httpPort}`,
      rtmp,
      chainUrl,
      demo,
      own,
      dataFolder: folder.path,
      databaseAt,
    });
  });
}

async function checkPorts(options: UpOptions): Promise<void> {
  await checkPort(options.httpPort, options.host, "web page and API", "--http-port");
  await checkPort(options.rtmpPort, options.host, "RTMP", "--rtmp-port");
  if (!options.chainUrl) await checkPort(options.chainPort, "127.0.0.1", "chain", "--chain-port");
}

/** Database and chain, side by side: neither needs the other. They outlive the node, which stops before them. */
async function startFoundations(
  { terminal, start }: Run,
  options: UpOptions,
  folder: string,
): Promise<{ databaseUrl: string; databaseAt: string; chainUrl: string }> {
  const onWarning = (line: string) => terminal.warn(line);
  const database = keepDatabase(options, folder, terminal);
  const chain = keepChain(options, folder, terminal, onWarning);
  // One step, so that they stop side by side too.
  await start("database and chain", async () => {
    const settled = await Promise.allSettled([database, chain]);
    const running = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const both: Running = {
      stop: async () => void (await Promise.all(running.map((part) => part.stop()))),
      force: () => running.forEach((part) => part.force?.()),
    };
    const failed = settled.find((result) => result.status === "rejected");
    if (failed) {
      await both.stop();
      throw failed.reason;
    }
    return both;
  });
  const { url: databaseUrl, location: databaseAt } = await database;
  return { databaseUrl, databaseAt, chainUrl: (await chain).url };
}

/** Nothing of ours to stop. */
const OUTSIDE: Running = { stop: async () => undefined };

async function keepDatabase(
  options: UpOptions,
  folder: string,
  terminal: Terminal,
): Promise<Running & { url: string; location: string }> {
  if (options.databaseUrl) {
    return { ...OUTSIDE, url: options.databaseUrl, location: "the database that DATABASE_URL names" };
  }
  terminal.step("starting PostgreSQL");
  const { first, ...kept } = await keepRunning({
    name: "PostgreSQL",
    onWarning: (line) => terminal.warn(line),
    begin: async (before?: EmbeddedPostgres & Part) => {
      const server = await startPostgres({
        dataFolder: folder,
        onProgress: (step) => terminal.step(step),
        onWarning: (line) => terminal.warn(`PostgreSQL: ${line}`),
        ...(before ? { port: before.port } : {}),
      });
      return { ...server, ended: server.exited.then(({ code, signal }) => signal ?? `exit code ${code}`) };
    },
  });
  return { ...kept, url: first.url, location: first.location };
}

async function keepChain(
  options: UpOptions,
  folder: string,
  terminal: Terminal,
  onWarning: (line: string) => void,
): Promise<Running & { url: string }> {
  if (options.chainUrl) return { ...OUTSIDE, url: options.chainUrl };
  terminal.step(options.chain === "omni" ? "starting polkadot-omni-node" : "starting the development chain");
  const { first, ...kept } = await keepRunning({
    name: "the chain",
    onWarning,
    begin: (before?: ChainPart) =>
      startChain(options, folder, before ? Number(new URL(before.url).port) : options.chainPort, onWarning),
  });
  return { ...kept, url: first.url };
}

type ChainPart = Part & { url: string };

async function startChain(
  options: UpOptions,
  folder: string,
  port: number,
  onWarning: (line: string) => void,
): Promise<ChainPart> {
  if (options.chain === "omni") {
    const program = process.env["POLKADOT_OMNI_NODE"];
    if (!program)
      throw new CliError("--chain omni needs POLKADOT_OMNI_NODE, the path of a polkadot-omni-node");
    return startOmniNode({
      program,
      folder: join(folder, "chain-omni"),
      port,
      blockTimeMs: options.blockTime,
    });
  }
  let started = false;
  // A process of its own: building a block takes a good part of a second of processor time.
  const chain = await spawnDevchain({
    dataDir: join(folder, "chain"),
    port,
    blockTimeMs: options.blockTime,
    // Until it has started, what it has to say comes as an error too.
    log: ({ level, msg }) => (started && level !== "info" ? onWarning(`chain: ${msg}`) : undefined),
  }).catch((cause: unknown) => {
    if (codeOf(cause) !== "genesis-mismatch") throw cause;
    throw new CliError(
      `the data in ${folder} belongs to a chain with another runtime: move or delete that folder, or choose another with --data-dir`,
      { cause },
    );
  });
  started = true;
  return { url: chain.url, stop: () => chain.stop(), ended: chain.stopped.then(() => "its process is gone") };
}
