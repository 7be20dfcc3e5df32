// SPDX-License-Identifier: Apache-2.0
import { createWriteStream, type WriteStream } from "node:fs";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { parseAmount, type StreamDetail } from "@tickstream/contracts-types";
import {
  createClient,
  createReader,
  openSession,
  type PaySession,
  type Reader,
  type TickstreamClient,
} from "@tickstream/sdk";
import { createFileStore } from "@tickstream/sdk/node";
import { CliError } from "../cli-error.ts";
import { Shutdown } from "../terminal/shutdown.ts";
import { createTerminal } from "../terminal/terminal.ts";
import { loadWallet } from "../wallet/load-wallet.ts";
import { parseStreamAddress } from "./stream-address.ts";
import { createReport, type WatchReport } from "./watch-report.ts";

/** What `tickstream watch` can be told; amounts in whole tokens. */
export interface WatchOptions {
  node: string;
  suri?: string;
  deposit?: string;
  limit: string;
  seconds?: number;
  out?: string;
  dataDir: string;
  json: boolean;
}

/** Watches a stream without a screen, paying as it goes, until it ends, the seconds are over, or Ctrl-C. */
export async function runWatch(stream: string, options: WatchOptions): Promise<void> {
  const { node, id } = parseStreamAddress(stream, options.node);
  const shutdown = new Shutdown();
  const unlisten = shutdown.listen(() => process.exit(130));
  const store = createFileStore(options.dataDir);
  const client = createClient({ node, store });
  try {
    const [detail, info] = await Promise.all([client.stream(id, shutdown.signal), client.info()]);
    const report = createReport(createTerminal(), {
      json: options.json,
      token: info.token,
      tickMs: detail.tickMs,
    });
    report.stream(detail);
    if (detail.pay === null) {
      const reader = await createReader({ playlistUrl: client.playlistUrl(detail) });
      await read(reader, undefined, report, options, shutdown);
    } else {
      await watchPaid(client, detail, report, options, shutdown);
    }
  } catch (error) {
    if (!shutdown.signal.aborted) throw error; // what Ctrl-C interrupted isn't a fault
  } finally {
    await client.dispose();
    await store.close();
    unlisten();
  }
}

async function watchPaid(
  client: TickstreamClient,
  stream: StreamDetail,
  report: WatchReport,
  options: WatchOptions,
  shutdown: Shutdown,
): Promise<void> {
  const { token } = await client.info();
  const session = await openSession({
    client,
    stream,
    limit: parseAmount(options.limit, token),
    ...(options.suri === undefined ? {} : { wallet: await loadWallet(options.suri) }),
    ...(options.deposit === undefined ? {} : { deposit: parseAmount(options.deposit, token) }),
    onStep: (step) => report.step(step),
    signal: shutdown.signal,
  }).catch((error: unknown) => {
    if (
      error instanceof Error &&
      "code" in error &&
      error.code === "tab-empty" &&
      options.suri === undefined
    ) {
      throw new CliError(
        "there is no tab with money: give the paying account with --suri, or in WALLET_SURI",
        { cause: error },
      );
    }
    throw error;
  });
  const off = session.on("state", (state) => {
    report.state(state);
    if (state.name === "ended") shutdown.request("the stream ended");
    if (state.name === "blocked" && state.reason === "limit-reached")
      shutdown.request("the limit is reached");
  });
  try {
    const reader = await createReader({ session });
    await read(reader, session, report, options, shutdown);
  } finally {
    off();
    await session.leave();
    report.end(session.stats);
    await session.dispose();
  }
}

/** Reads parts, writes them where that is wanted, and reports once a tick. */
async function read(
  reader: Reader,
  session: PaySession | undefined,
  report: WatchReport,
  options: WatchOptions,
  shutdown: Shutdown,
): Promise<void> {
  const out = options.out === undefined ? undefined : await openFile(options.out);
  const stop = () => void reader.dispose();
  shutdown.signal.addEventListener("abort", stop, { once: true });
  const offRetry = reader.on("retry", ({ error }) => report.warn(error));
  let mediaMs = 0;
  const wantedMs = options.seconds === undefined ? Number.POSITIVE_INFINITY : options.seconds * 1000;
  try {
    for await (const part of reader) {
      if (out) {
        if (part.init) await write(out, part.init);
        await write(out, part.bytes);
      }
      mediaMs += part.durationMs;
      report.part(part, mediaMs, session?.stats);
      if (mediaMs >= wantedMs || shutdown.signal.aborted) break;
    }
  } finally {
    offRetry();
    shutdown.signal.removeEventListener("abort", stop);
    await reader.dispose();
    if (out) {
      out.end();
      await finished(out);
    }
  }
}

async function openFile(path: string): Promise<WriteStream> {
  const file = createWriteStream(path);
  try {
    await once(file, "open");
  } catch (cause) {
    throw new CliError(
      `${path} can't be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return file;
}

/** Waits where the disk is slower than the stream, so that nothing piles up. */
async function write(file: WriteStream, bytes: Uint8Array): Promise<void> {
  if (!file.write(bytes)) await once(file, "drain");
}
