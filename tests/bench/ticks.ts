// SPDX-License-Identifier: Apache-2.0
// `npm run bench:ticks`: what a paying viewer costs the node. Real sockets each pay a tick a second for a real live stream: the
// node verifies the hash, commits to PostgreSQL and answers with the key. Beside it, in the same run, the limit: a bare `ws`
// server that answers as many frames of the same length and does nothing else.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ChannelId, encodeMessage, type Epoch, parseNodeMessage } from "@tickstream/contracts-types";
import { WebSocket } from "ws";
import { parseFlvClip } from "../../apps/cli/src/demo/flv-clip.ts";
import { startPublisher } from "../../apps/cli/src/demo/rtmp-publisher.ts";
import {
  commit,
  type HandCommitment,
  handKey,
  type HandKey,
  HandViewer,
} from "../support/money/hand-viewer.ts";
import { startProgram } from "../support/system/program.ts";
import { account } from "../support/money/raw-chain.ts";
import { inRepository } from "../support/system/repository.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { childrenCpuMicros, cpuMicros, pidOf, quantile, report } from "./cpu.ts";
import { elapse } from "./elapse.ts";

const { values } = parseArgs({
  options: {
    viewers: { type: "string", default: "2000" },
    seconds: { type: "string", default: "20" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log("bench:ticks [--viewers 2000] [--seconds 20]");
  process.exit(0);
}
const VIEWERS = Number(values.viewers);
const SECONDS = Number(values.seconds);
/** The node takes at most eight channels of one tab that are not final yet. */
const CHANNELS_PER_TAB = 8;
const MAX_TICKS = 600;
const RATE = 1_000_000_000n;
const TAB_EXPIRY_BLOCKS = 50_000;

/** One socket that pays a tick a second. */
class PayingSocket {
  readonly #socket: WebSocket;
  readonly #promise: HandCommitment;
  #n = 0;
  #sentAt = 0;
  #done: (() => void) | undefined;
  failure: string | undefined;
  readonly delays: number[] = [];

  constructor(socket: WebSocket, promise: HandCommitment) {
    this.#socket = socket;
    this.#promise = promise;
    socket.on("message", (data: Buffer) => this.#take(data));
    socket.on("close", (code) => (this.failure ??= `closed with ${code}`));
  }

  get channel(): ChannelId {
    return this.#promise.channel;
  }

  open(): Promise<void> {
    const { commitment, signature } = this.#promise;
    this.#socket.send(
      encodeMessage({
        type: "open",
        commitment: { ...commitment, anchor: Uint8Array.from(commitment.anchor) },
        signature: Uint8Array.from(signature),
      }),
    );
    return new Promise((resolve, reject) => {
      this.#done = () => (this.failure === undefined ? resolve() : reject(new Error(this.failure)));
    });
  }

  pay(epoch: Epoch): void {
    if (this.#sentAt !== 0) return; // the last one is not answered yet: its delay will tell
    this.#n += 1;
    const preimage = Uint8Array.from(this.#promise.chain.preimage(this.#n));
    this.#sentAt = performance.now();
    this.#socket.send(
      encodeMessage({ type: "tick", channel: this.channel, n: this.#n, preimage, epochs: [epoch] }),
    );
  }

  #take(data: Buffer): void {
    const message = parseNodeMessage(data);
    if (message.type === "keys") {
      this.delays.push(performance.now() - this.#sentAt);
      this.#sentAt = 0;
    } else if (message.type === "refused") this.failure ??= `${message.code}: ${message.message}`;
    if (message.type === "opened" || message.type === "refused") {
      this.#done?.();
      this.#done = undefined;
    }
  }

  close(): void {
    this.#socket.terminate();
  }
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

/** Opens tabs of one owner, all in flight together; resolves with their ids when they are final. */
async function openTabs(system: TestSystem, key: HandKey, count: number): Promise<bigint[]> {
  const owner = await account("//Bob");
  const { api } = system;
  const nonce = (await api.rpc.system.accountNextIndex(owner.address)).toNumber();
  const head = (await api.rpc.chain.getHeader()).number.toNumber();
  const deposit = 20n * BigInt(CHANNELS_PER_TAB) * BigInt(MAX_TICKS) * RATE;
  return Promise.all(
    Array.from({ length: count }, (_, i) => {
      const call = api.tx.tickStream!.openTab!(deposit, { Ed25519: key.publicKey }, head + TAB_EXPIRY_BLOCKS);
      return new Promise<bigint>((resolve, reject) => {
        call
          .signAndSend(owner, { nonce: nonce + i }, (result) => {
            if (result.isError || result.dispatchError) {
              reject(
                new Error(`the tab was not opened: ${String(result.dispatchError ?? result.status.type)}`),
              );
            }
            if (!result.isFinalized) return;
            const opened = result.events.find(({ event }) => event.method === "TabOpened");
            resolve(BigInt(String(opened?.event.data[0])));
          })
          .catch(reject);
      });
    }),
  );
}

/** Calls `pay` once a second for each viewer, spread over the second. */
function payEverySecond(count: number, pay: (viewer: number) => void): () => void {
  const started = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1_000) * count);
    for (; done < due; done++) pay(done % count);
  }, 2);
  return () => clearInterval(timer);
}

/** The same load on a bare socket server: CPU microseconds a frame. */
async function bareSocketMicros(frame: string, answerLength: number): Promise<number> {
  const bare = startProgram(process.execPath, [
    inRepository("tests/bench/bare-socket.ts"),
    String(answerLength),
  ]);
  const [, port] = await bare.waitFor(/port (\d+)/);
  const sockets: WebSocket[] = [];
  for (let i = 0; i < VIEWERS; i++) sockets.push(await connect(`ws://127.0.0.1:${port}`));
  let answers = 0;
  for (const socket of sockets) socket.on("message", () => answers++);
  const stop = payEverySecond(VIEWERS, (viewer) => sockets[viewer]?.send(frame));
  await elapse(2);
  const [cpuBefore, answersBefore] = [cpuMicros(bare.pid), answers];
  await elapse(Math.min(10, SECONDS));
  const micros = (cpuMicros(bare.pid) - cpuBefore) / (answers - answersBefore);
  stop();
  for (const socket of sockets) socket.terminate();
  await bare.stop();
  return micros;
}

console.log(`Starting the system with ${VIEWERS} viewers …`);
const system = await startSystem({
  durable: true,
  node: {
    creditTicks: 3_600,
    unfinalizedTicks: 3_600,
    creditLimit: (10n ** 18n).toString(),
    maxConnectionsPerAddress: VIEWERS + 100,
    logLevel: "warn",
  },
});
const sockets: PayingSocket[] = [];
try {
  const stream = await system.createStream({ creator: "//Alice", title: "Bench", rate: RATE });
  const [, , host, app, streamKey] = stream.publishUrl.split("/");
  const publisher = startPublisher({
    url: `rtmp://${host}/${app}`,
    key: streamKey ?? "",
    clip: parseFlvClip(readFileSync(inRepository("apps/cli/demo/demo.flv"))),
  });
  await system.untilLive(stream);

  const key = handKey();
  const tabs = await openTabs(system, key, Math.ceil(VIEWERS / CHANNELS_PER_TAB));
  const watcher = await HandViewer.connect(system.node.url);
  const terms = await watcher.terms(stream.id);
  for (let i = 0; i < VIEWERS; i++) {
    const socket = await connect(`${system.node.url.replace("http", "ws")}/pay`);
    const tab = tabs[Math.floor(i / CHANNELS_PER_TAB)] ?? 0n;
    const now = i % 100 === 0 ? await watcher.terms(stream.id) : terms;
    if (now !== terms) terms.head = now.head;
    const paying = new PayingSocket(
      socket,
      commit(key, terms, { tab, nonce: i % CHANNELS_PER_TAB, maxTicks: MAX_TICKS }),
    );
    await paying.open();
    sockets.push(paying);
  }
  console.log("All channels are open; paying …");

  // One viewer asks for the live edge on behalf of all.
  let edge: Epoch = (await watcher.terms(stream.id)).edge ?? 0;
  const refresh = setInterval(() => {
    void watcher.terms(stream.id).then((fresh) => (edge = fresh.edge ?? edge));
  }, 500);
  const stop = payEverySecond(VIEWERS, (viewer) => sockets[viewer]?.pay(edge));
  await elapse(3);
  const postgres = pidOf("-p", new URL(system.postgres.url).port);
  for (const socket of sockets) socket.delays.length = 0;
  const [nodeBefore, databaseBefore] = [cpuMicros(system.node.pid), childrenCpuMicros(postgres)];
  await elapse(SECONDS);
  const [nodeAfter, databaseAfter] = [cpuMicros(system.node.pid), childrenCpuMicros(postgres)];
  const delays = sockets.flatMap((socket) => socket.delays);
  stop();
  clearInterval(refresh);
  const failures = sockets.filter(({ failure }) => failure !== undefined);
  if (failures.length > 0) throw new Error(`${failures.length} viewers failed: ${failures[0]?.failure}`);
  await publisher.stop();
  await watcher.close();

  const nodeMicros = (nodeAfter - nodeBefore) / delays.length;
  const databaseMicros = (databaseAfter - databaseBefore) / delays.length;
  const frame = encodeMessage({
    type: "tick",
    channel: sockets[0]!.channel,
    n: 100,
    preimage: new Uint8Array(32),
    epochs: [edge],
  });
  const answer = encodeMessage({
    type: "keys",
    stream: stream.id,
    channel: sockets[0]!.channel,
    keys: [{ epoch: edge, key: new Uint8Array(16) }],
  });
  const bareMicros = await bareSocketMicros(frame, answer.length);
  const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
  report(`${VIEWERS} viewers, a tick a second each, for ${SECONDS} s`, [
    [
      "paying_viewers_per_core",
      Math.floor(1e6 / nodeMicros),
      "viewers whose ticks one core of the node serves (media and chain work of the run included)",
    ],
    ["tick_to_key_p99_ms", round(quantile(delays, 0.99)), "from a tick's frame to its key at the viewer"],
    ["tick_to_key_p50_ms", round(quantile(delays, 0.5)), ""],
    ["node_cpu_us_per_tick", round(nodeMicros), "user and system time of the node"],
    ["database_cpu_us_per_tick", round(databaseMicros), "of PostgreSQL's processes"],
    ["bare_ws_cpu_us_per_frame", round(bareMicros), "the limit: `ws` answers frames of the same lengths"],
    [
      "ratio_to_bare_ws",
      round(nodeMicros / bareMicros, 2),
      "node_cpu_us_per_tick / bare_ws_cpu_us_per_frame",
    ],
    ["ticks", delays.length, "measured"],
  ]);
} finally {
  for (const socket of sockets) socket.close();
  await system.stop();
}
