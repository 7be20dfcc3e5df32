// SPDX-License-Identifier: Apache-2.0
// `npm run bench:webrtc`: WebRTC out, with LL-HLS beside it in the same run. From glass to glass: from drawing a picture, through a live
// encoder, to the same picture on a page in Chromium. How long a viewer waits for the first frame. And what a viewer costs: CPU time of
// a node that serves many of them, none of which decodes anything.
import { createInterface } from "node:readline";
import { once } from "node:events";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { startEncoder } from "../support/media/encoder.ts";
import { pictureAge } from "../support/browser/picture-age.ts";
import { play, playerState, servePlayerPage } from "../support/browser/player-page.ts";
import { type Program, startProgram } from "../support/system/program.ts";
import { inRepository } from "../support/system/repository.ts";
import { startWhepPages, WhepPage } from "../support/browser/whep-page.ts";
import { cpuMicros, quantile, report } from "./cpu.ts";
import { elapse } from "./elapse.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "15" },
    joins: { type: "string", default: "5" },
    viewers: { type: "string", default: "10,50,200" },
    kbps: { type: "string", default: "1500" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log("bench:webrtc [--seconds 15] [--joins 5] [--viewers 10,50,200] [--kbps 1500]");
  process.exit(0);
}
const SECONDS = Number(values.seconds);
const JOINS = Number(values.joins);
const COUNTS = values.viewers.split(",").filter(Boolean).map(Number);
const KBPS = Number(values.kbps);
const WARM_UP_S = 5;
const SAMPLES_A_SECOND = 4;

const started: (() => Promise<unknown>)[] = [];

interface Place {
  origin: string;
  /** Where each of its streams is published to. */
  publish: Record<"silent" | "sounding" | "load", string>;
}

/** A program of this folder. */
function startPart(...args: string[]): Program {
  const [file = "", ...rest] = args;
  return startProgram(process.execPath, [inRepository(`tests/bench/${file}`), ...rest], { stdin: "pipe" });
}

async function untilLive(origin: string, stream: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  while (!(await fetch(`${origin}/live/${stream}/index.m3u8`, { signal })).ok) await elapse(0.2);
}

async function ages(page: Page): Promise<number[]> {
  await elapse(WARM_UP_S);
  const found: number[] = [];
  for (let i = 0; i < SECONDS * SAMPLES_A_SECOND; i++) {
    found.push(await pictureAge(page));
    await elapse(1 / SAMPLES_A_SECOND);
  }
  return found;
}

/** Over WebRTC: ages of pictures, waits for the first one, and how far sound and picture are apart at the end. */
async function watchWhep(browser: Chromium, pages: string, url: string, sound: boolean) {
  const waits: number[] = [];
  let glass: number[] = [];
  let apart = Number.NaN;
  for (let join = 0; join <= JOINS; join++) {
    const viewer = new WhepPage(await browser.context.newPage());
    await viewer.open(pages);
    const { status, body } = await viewer.watch(url, { sound });
    if (status !== 201) throw new Error(`${status} ${body}`);
    await viewer.page.waitForFunction(
      () => (globalThis as { firstFrameMs?: number | null }).firstFrameMs !== null,
    );
    waits.push((await viewer.seen()).firstFrameMs ?? Number.NaN);
    if (join === JOINS) {
      glass = await ages(viewer.page);
      const { video, audio } = await viewer.seen();
      apart =
        (video?.estimatedPlayoutTimestamp ?? Number.NaN) - (audio?.estimatedPlayoutTimestamp ?? Number.NaN);
    }
    await viewer.leave();
    await viewer.page.close();
  }
  return { waits, glass, apart };
}

/** Over LL-HLS by hls.js as it comes. */
async function watchHls(browser: Chromium, pages: string, url: string) {
  const waits: number[] = [];
  let glass: number[] = [];
  for (let join = 0; join <= JOINS; join++) {
    const page = await browser.context.newPage();
    await play(page, pages, url);
    let wait: number | null = null;
    while (wait === null) {
      wait = (await playerState(page)).firstFrameMs;
      await elapse(0.05);
    }
    waits.push(wait);
    if (join === JOINS) glass = await ages(page);
    await page.close();
  }
  return { waits, glass };
}

/** The node in its process. */
interface LoadedNode {
  pid: number;
  /** What it counts so far: viewers over WebRTC, bytes sent to all. */
  counts: () => Promise<{ viewers: number; bytes: number }>;
}

function loadedNode(node: Program): LoadedNode {
  const lines = createInterface({ input: node.process.stdout as NodeJS.ReadableStream });
  return {
    pid: node.pid,
    counts: async () => {
      const line = once(lines, "line") as Promise<[string]>;
      node.process.stdin?.write("?\n");
      return JSON.parse((await line)[0]) as { viewers: number; bytes: number };
    },
  };
}

/** CPU time of the node while so many watch, microseconds a second; and what it sent to each of them, Mbit/s. */
async function load(node: LoadedNode, kind: "whep" | "hls", origin: string, count: number) {
  const viewers = startPart("webrtc-viewers.ts", kind, origin, "load", String(count));
  started.push(() => viewers.stop("SIGKILL"));
  await viewers.waitFor(/^ready$/m, 240_000);
  await elapse(2);
  const [before, cpu, at] = [await node.counts(), cpuMicros(node.pid), performance.now()];
  await elapse(SECONDS);
  const [after, seconds] = [await node.counts(), (performance.now() - at) / 1_000];
  const micros = (cpuMicros(node.pid) - cpu) / seconds;
  const mbps = count === 0 ? 0 : (after.bytes - before.bytes) / seconds / count / 125_000;
  viewers.process.stdin?.end();
  await viewers.exited;
  // What it does for those who are gone would count for those who come.
  while ((await node.counts()).viewers > 0) await elapse(0.5);
  return { micros, mbps };
}

async function measureGlass({ origin, publish }: Place) {
  const pages = await startWhepPages(servePlayerPage);
  const encoders = [
    startEncoder({ url: publish.silent, gopSeconds: 1, sound: false }),
    startEncoder({ url: publish.sounding, gopSeconds: 1 }),
  ];
  const browser = await startChromium();
  try {
    await Promise.all([untilLive(origin, "silent"), untilLive(origin, "sounding")]);
    return {
      silent: await watchWhep(browser, pages.origin, `${origin}/whep/silent`, false),
      muted: await watchWhep(browser, pages.origin, `${origin}/whep/sounding`, false),
      sounding: await watchWhep(browser, pages.origin, `${origin}/whep/sounding`, true),
      hls: await watchHls(browser, pages.origin, `${origin}/live/silent/index.m3u8`),
    };
  } finally {
    await browser.close();
    for (const encoder of encoders) await encoder.stop();
    await pages.stop();
  }
}

try {
  console.log("Starting …");
  const node = startPart("webrtc-node.ts");
  started.push(() => node.stop());
  const [line] = await node.waitFor(/^\{.*\}$/m);
  const { origin, publish } = JSON.parse(line) as Place;

  console.log("The glass: Chromium plays a live encoder's pictures …");
  const { silent, muted, sounding, hls } = await measureGlass({ origin, publish });
  for (const [name, { glass, waits }] of Object.entries({ silent, muted, sounding, hls })) {
    console.log(
      `  ${name}: glass ${Math.round(quantile(glass, 0.5))} ms, first frame ${Math.round(quantile(waits, 0.5))} ms`,
    );
  }

  console.log(`The load: viewers that decode nothing, of ${KBPS} kbit/s …`);
  const source = startEncoder({ url: publish.load, gopSeconds: 1, width: 640, height: 360, kbps: KBPS });
  started.push(() => source.stop());
  await untilLive(origin, "load");
  const loaded = loadedNode(node);
  const idle = await load(loaded, "hls", origin, 0);
  const rows: [string, number, string][] = [];
  for (const kind of ["whep", "hls"] as const) {
    for (const count of COUNTS) {
      const { micros, mbps } = await load(loaded, kind, origin, count);
      // By what was really sent: on a busy machine the encoder falls behind its own bitrate.
      const microsAMbit = (micros - idle.micros) / (count * mbps);
      console.log(
        `  ${kind} ${count}: ${Math.round(micros / 1e4)} % of a core, ${mbps.toFixed(2)} Mbit/s each`,
      );
      rows.push([
        `${kind}_${count}_core_percent`,
        Math.round((micros - idle.micros) / 1e3) / 10,
        `of a core, ${count} viewers of ${mbps.toFixed(2)} Mbit/s each`,
      ]);
      if (count !== COUNTS.at(-1)) continue;
      const perCore = Math.round(1e9 / (microsAMbit * KBPS));
      rows.push([`${kind}_viewers_per_core`, perCore, `at ${KBPS} kbit/s, by the CPU time of ${count}`]);
    }
  }
  const perCore = (kind: string): number =>
    rows.find(([name]) => name === `${kind}_viewers_per_core`)?.[1] ?? Number.NaN;
  const ms = (list: number[], share: number): number => Math.round(quantile(list, share));
  report(
    `${silent.glass.length} pictures on each glass, ${JOINS + 1} joins each, ${SECONDS} s of each load`,
    [
      [
        "whep_glass_p50_ms",
        ms(silent.glass, 0.5),
        "a picture, from drawn to shown: ffmpeg x264 zerolatency, WebRTC in Chromium",
      ],
      ["whep_glass_p95_ms", ms(silent.glass, 0.95), ""],
      [
        "whep_muted_glass_p50_ms",
        ms(muted.glass, 0.5),
        "of a stream with AAC sound, watched without it: the encoder holds pictures back until their sound is encoded",
      ],
      [
        "whep_sound_glass_p50_ms",
        ms(sounding.glass, 0.5),
        "the same with its sound, made into Opus by ffmpeg: players hold the picture back for it",
      ],
      ["whep_sound_glass_p95_ms", ms(sounding.glass, 0.95), ""],
      [
        "whep_sound_apart_ms",
        Math.round(sounding.apart),
        "picture ahead of sound where positive, by the sender's clock",
      ],
      ["hls_glass_p50_ms", ms(hls.glass, 0.5), "the same over LL-HLS, hls.js as it comes"],
      ["hls_glass_p95_ms", ms(hls.glass, 0.95), ""],
      ["whep_first_frame_ms", ms(silent.waits, 0.5), "median, from the wish to watch to the first picture"],
      ["hls_first_frame_ms", ms(hls.waits, 0.5), "the same"],
      ...rows,
      [
        "viewers_ratio_hls_to_whep",
        Math.round((perCore("hls") / perCore("whep")) * 10) / 10,
        "viewers per core",
      ],
    ],
  );
} finally {
  for (const stop of started.toReversed()) await stop();
}
