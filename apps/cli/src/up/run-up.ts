// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnDevchain } from "@tickstream/devchain";
import { CliError } from "../cli-error.ts";
import { createLog } from "../terminal/create-log.ts";
import { type Run, runUntilStopped, type Running } from "../terminal/run-until-stopped.ts";
import { startPostgres } from "../postgres/start-postgres.ts";
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

/** The built watch page. */
const VIEWER = fileURLToPath(new URL("../../../viewer/dist", import.meta.url));

/** The node's account on a development chain, which has money for its transactions. */
const OPERATOR_SURI = "//Alice";

/** Starts everything on this machine, in the order in which things need each other; Ctrl-C stops it in the reverse. */
export function runUp(options: UpOptions): Promise<void> {
  return runUntilStopped(async (run) => {
    const { terminal, start } = run;
    if (!existsSync(join(VIEWER, "index.html"))) {
      throw new CliError("the watch page isn't built: run npm run build:apps (npm start does)");
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
          appsDir: VIEWER,
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
  const parts: Promise<unknown>[] = [];
  let database = { url: options.databaseUrl ?? "", location: "the database that DATABASE_URL names" };
  let chainUrl = options.chainUrl ?? "";
  const begun: Promise<Running>[] = [];
  if (!options.databaseUrl) {
    terminal.step("starting PostgreSQL");
    const starting = startPostgres({
      dataFolder: folder,
      onProgress: (step) => terminal.step(step),
      onWarning: (line) => terminal.warn(`PostgreSQL: ${line}`),
    });
    begun.push(starting);
    parts.push(starting.then((started) => (database = started)));
  }
  if (!options.chainUrl) {
    terminal.step(
      options.chain === "omni" ? "starting polkadot-omni-node" : "starting the development chain",
    );
    const starting = startChain(options, folder, (line) => terminal.warn(`chain: ${line}`));
    begun.push(starting);
    parts.push(starting.then(({ url }) => (chainUrl = url)));
  }
  // One step, so that they stop side by side too.
  await start("database and chain", async () => {
    const settled = await Promise.allSettled(begun);
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
  await Promise.all(parts);
  return { databaseUrl: database.url, databaseAt: database.location, chainUrl };
}

async function startChain(
  options: UpOptions,
  folder: string,
  onWarning: (line: string) => void,
): Promise<Running & { url: string }> {
  if (options.chain === "omni") {
    const program = process.env["POLKADOT_OMNI_NODE"];
    if (!program)
      throw new CliError("--chain omni needs POLKADOT_OMNI_NODE, the path of a polkadot-omni-node");
    return startOmniNode({
      program,
      folder: join(folder, "chain-omni"),
      port: options.chainPort,
      blockTimeMs: options.blockTime,
    });
  }
  // A process of its own: building a block takes a good part of a second of processor time.
  return spawnDevchain({
    dataDir: join(folder, "chain"),
    port: options.chainPort,
    blockTimeMs: options.blockTime,
    log: ({ level, msg }) => (level === "info" ? undefined : onWarning(msg)),
  });
}
