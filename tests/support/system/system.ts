// SPDX-License-Identifier: Apache-2.0
// The whole real system for a test: PostgreSQL, a chain and a media node, each in a process of its own, so that each can be
// killed. Nothing of it is a double.
import type { ApiPromise } from "@polkadot/api";
import type { KeyringPair } from "@polkadot/keyring/types";
import type { StreamId } from "@tickstream/contracts-types";
import { type Auditor, connectRaw, createAuditor } from "../money/audit.ts";
import { type ChainKind, startTestChain, type TestChain } from "./chain.ts";
import { createOnNode, login, type Offer, registerOnChain } from "../money/creator.ts";
import { isListening, leftovers, markProcesses } from "./leftovers.ts";
import { freePort } from "./local-server.ts";
import { NodeProcess, type NodeSettings } from "./node-process.ts";
import { startTestPostgres, type TestPostgres } from "./postgres.ts";
import { account } from "../money/raw-chain.ts";

/** The account whose node it is. */
export const OPERATOR = "//Ferdie";

/** A paid stream that can be published. */
export interface PaidStream {
  readonly id: StreamId;
  readonly creator: KeyringPair;
  readonly offer: Offer;
  /** `rtmp://…/live/KEY` */
  readonly publishUrl: string;
  readonly playlistUrl: string;
}

/** A running system. */
export interface TestSystem {
  readonly chain: TestChain;
  /** @polkadot/api as it comes. */
  readonly api: ApiPromise;
  readonly postgres: TestPostgres;
  readonly node: NodeProcess;
  /** Registers a stream on chain, and offers it on the node as its creator (a development account's URI). */
  createStream(offer: Offer & { creator: string }): Promise<PaidStream>;
  /** Resolves when the stream can be played. */
  untilLive(stream: Pick<PaidStream, "playlistUrl">, timeoutMs?: number): Promise<void>;
  readonly auditor: Auditor;
  /** Stops everything; rejects where a process or a port is left. */
  stop(): Promise<void>;
}

/** What a test may choose. */
export interface SystemOptions {
  chain?: ChainKind;
  blockTimeMs?: number;
  /** PostgreSQL with fsync, as in production: for measurements. */
  durable?: boolean;
  node?: NodeSettings;
}

/** Starts everything; what was started is stopped again where a later part does not start. */
export async function startSystem(options: SystemOptions = {}): Promise<TestSystem> {
  const mark = markProcesses();
  const started: (() => Promise<unknown>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const stop of started.splice(0).toReversed()) await stop();
  };
  try {
    const [postgres, chain] = await bothOrNeither(
      [startTestPostgres({ durable: options.durable ?? false }), (it) => it.stop()],
      [startTestChain(options.chain, { blockTimeMs: options.blockTimeMs ?? 1_000 }), (it) => it.stop()],
    );
    started.push(
      () => postgres.stop(),
      () => chain.stop(),
    );
    const api = await connectRaw(chain.url);
    started.push(() => api.disconnect());
    const node = new NodeProcess({
      databaseUrl: await postgres.createDatabase(),
      chainUrl: chain.url,
      // Fixed ones, so that it has the same after a restart.
      httpPort: await freePort(),
      rtmpPort: await freePort(),
      operatorSuri: OPERATOR,
      settings: options.node ?? {},
    });
    started.push(() => node.stop());
    await node.start();

    return {
      chain,
      api,
      postgres,
      node,
      createStream: async (offer) => {
        const creator = await account(offer.creator);
        const id = await registerOnChain(api, creator, offer);
        const token = await login(node.url, creator);
        const { streamKey } = await createOnNode(node.url, token, {
          title: offer.title,
          chainStream: id.toString(),
        });
        return {
          id,
          creator,
          offer,
          publishUrl: `rtmp://127.0.0.1:${node.rtmpPort}/live/${streamKey}`,
          playlistUrl: `${node.url}/live/${id}/index.m3u8`,
        };
      },
      untilLive: (stream, timeoutMs) => untilLive(stream.playlistUrl, timeoutMs),
      auditor: createAuditor(api),
      stop: async () => {
        const ports = [node.httpPort, node.rtmpPort, Number(new URL(chain.url).port)];
        await stopAll();
        const left = await leftovers(mark);
        for (const port of ports) if (await isListening(port)) left.push(`a listener on port ${port}`);
        if (left.length > 0) throw new Error(`the system left something behind: ${left.join("; ")}`);
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Awaits two starts; where one fails, the other is stopped. */
async function bothOrNeither<A, B>(
  [a, stopA]: [Promise<A>, (it: A) => Promise<void>],
  [b, stopB]: [Promise<B>, (it: B) => Promise<void>],
): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled([a, b]);
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value];
  if (first.status === "fulfilled") await stopA(first.value);
  if (second.status === "fulfilled") await stopB(second.value);
  throw first.status === "rejected" ? first.reason : (second as PromiseRejectedResult).reason;
}

/** A playlist is there when there is something to play; a blocking reload is not possible before. */
async function untilLive(playlistUrl: string, timeoutMs = 30_000): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  for (let last = ""; ;) {
    try {
      const response = await fetch(playlistUrl, { signal });
      last = `${response.status} ${await response.text()}`;
      if (response.ok && last.includes("#EXT-X-PART:")) return;
    } catch (error) {
      throw new Error(`the stream is not live within ${timeoutMs} ms: ${last.slice(0, 500)}`, {
        cause: error,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
