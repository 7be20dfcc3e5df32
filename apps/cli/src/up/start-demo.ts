// SPDX-License-Identifier: Apache-2.0
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bytesToHex, formatAmount, planck, type UpdateStreamRequest } from "@tickstream/contracts-types";
import { errorLine, codeOf } from "../cli-error.ts";
import { parseFlvClip } from "../demo/flv-clip.ts";
import { startPublisher } from "../demo/rtmp-publisher.ts";
import { createCreator, type Creator, type Offer } from "../stream/create-creator.ts";
import type { Run } from "../terminal/run-until-stopped.ts";

/** The creator of the demo's streams: an account that every development chain gives money to. */
const CREATOR_SURI = "//Charlie";
const CLIP = fileURLToPath(new URL("../../demo/demo.flv", import.meta.url));

/** A thousandth of a token a second, a twentieth of it to the node. */
const PRICE = { rate: planck(1_000_000_000n), tickMs: 1000, operatorShare: 50_000_000 };
const OFFERS: Record<StreamName, Offer & StreamText> = {
  demo: {
    title: "Tickstream demo: a clip in a loop",
    description:
      "Moving test pictures and a melody, published by this machine to itself: to try out how paying by the second feels.",
    category: "technology",
    tags: ["demo", "test-card"],
    language: "en",
    ...PRICE,
  },
  own: {
    title: "My first stream",
    description: "Yours: publish to it from OBS or the studio, and say here what it is about.",
    category: "other",
    tags: [],
    language: null,
    ...PRICE,
  },
};

/** What is said of a stream. */
type StreamText = Required<Pick<UpdateStreamRequest, "description" | "category" | "tags" | "language">>;

type StreamName = "demo" | "own";

/** What a data folder remembers of its streams; the keys are what OBS was told. */
interface Remembered {
  genesisHash: string;
  streams: Partial<Record<StreamName, { id: string; streamKey?: string }>>;
}

export interface DemoOptions {
  node: string;
  rtmp: string;
  folder: string;
  /** Whether to publish the clip. */
  demo: boolean;
}

export interface Demo {
  demo: { id: string; price: string } | undefined;
  /** A stream for the person's own broadcast. */
  own: { id: string; key: string };
}

/** Registers a creator's two streams the first time, finds them again later, and publishes the clip to one of them. */
export async function startDemo({ terminal, start }: Run, options: DemoOptions): Promise<Demo> {
  const creator = await createCreator({ node: options.node, suri: CREATOR_SURI });
  try {
    const info = await creator.client.info();
    const streams = await ensureStreams(creator, {
      file: join(options.folder, "streams.json"),
      genesisHash: bytesToHex(info.genesisHash),
      names: options.demo ? ["demo", "own"] : ["own"],
      onRegister: () => terminal.step("registering streams on the chain (once, a block or two)"),
    });
    const { demo, own } = streams;
    if (demo) {
      const clip = parseFlvClip(await readFile(CLIP));
      await start("demo publisher", async () =>
        startPublisher({
          url: options.rtmp,
          key: demo.streamKey,
          clip,
          onState: (state) => {
            if (state.name === "waiting") terminal.warn(`demo clip: ${errorLine(state.error)}, trying again`);
          },
        }),
      );
    }
    const price = `${formatAmount(PRICE.rate, info.token)} per second`;
    return { demo: demo && { id: demo.id, price }, own: { id: own.id, key: own.streamKey } };
  } finally {
    await creator.dispose();
  }
}

interface KnownStream {
  id: string;
  streamKey: string;
}

async function ensureStreams(
  creator: Creator,
  options: { file: string; genesisHash: string; names: StreamName[]; onRegister(): void },
): Promise<{ demo?: KnownStream; own: KnownStream }> {
  const remembered = await recall(options.file, options.genesisHash);
  const missing = options.names.filter((name) => !remembered.streams[name]);
  if (missing.length > 0) {
    options.onRegister();
    // At once, so that both are in one block.
    const ids = await Promise.all(missing.map((name) => creator.register(OFFERS[name])));
    missing.forEach((name, i) => (remembered.streams[name] = { id: ids[i] ?? "" }));
    await remember(options.file, remembered);
  }
  const atNode = new Set((await creator.list()).map((stream) => stream.id));
  for (const name of options.names) {
    const stream = remembered.streams[name];
    if (!stream) continue;
    if (!atNode.has(stream.id)) {
      const { title, description, category, tags, language } = OFFERS[name];
      const text = { title, description, category, tags, language };
      const { streamKey } = await creator.create({ ...text, chainStream: stream.id });
      remembered.streams[name] = { id: stream.id, streamKey };
    } else if (stream.streamKey === undefined) {
      stream.streamKey = await creator.rotateKey(stream.id);
    }
  }
  await remember(options.file, remembered);
  const known = (name: StreamName): KnownStream => {
    const { id = "", streamKey = "" } = remembered.streams[name] ?? {};
    return { id, streamKey };
  };
  return { ...(options.names.includes("demo") ? { demo: known("demo") } : {}), own: known("own") };
}

/** Streams of another genesis are of another chain: forgotten. */
async function recall(file: string, genesisHash: string): Promise<Remembered> {
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as Remembered;
    if (found.genesisHash === genesisHash) return found;
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && !(error instanceof SyntaxError)) throw error;
  }
  return { genesisHash, streams: {} };
}

/** Holds stream keys: for its owner's eyes. */
async function remember(file: string, remembered: Remembered): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(remembered, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
