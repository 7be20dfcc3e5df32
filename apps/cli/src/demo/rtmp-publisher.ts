// SPDX-License-Identifier: Apache-2.0
import { encodeAmf, type AmfValue } from "./amf0.ts";
import type { Clip } from "./flv-clip.ts";
import { publishRtmp, type RtmpConnection } from "./rtmp-connection.ts";
import { MESSAGE } from "./rtmp-chunks.ts";
import { wait } from "../processes/wait.ts";

/** How often due frames are sent: below the length of a video frame at 30 fps. */
const PACE_MS = 20;
/** After a longer stall (a laptop that slept) the stream goes on from now instead of sending all it missed at once. */
const MAX_BURST_MS = 1_000;

/** What a publisher is doing, for whoever shows it. */
export type PublisherState =
  | { name: "connecting" }
  | { name: "publishing" }
  | { name: "waiting"; error: Error; retryInMs: number }
  | { name: "stopped" };

export interface PublisherOptions {
  /** `rtmp://host[:port]/app`. */
  url: string;
  /** The stream key. */
  key: string;
  clip: Clip;
  onState?: (state: PublisherState) => void;
  /** Wait before the first retry; doubles up to `maxRetryMs` until a publish succeeds. */
  minRetryMs?: number;
  maxRetryMs?: number;
}

export interface Publisher {
  readonly state: PublisherState;
  stop(): Promise<void>;
}

/** Publishes a clip for ever, at real-time pace with timestamps that go on from loop to loop; reconnects by itself. */
export function startPublisher(options: PublisherOptions): Publisher {
  const stopping = new AbortController();
  let state: PublisherState = { name: "connecting" };
  const setState = (next: PublisherState) => {
    state = next;
    options.onState?.(next);
  };
  const running = run(options, stopping.signal, setState).then(() => setState({ name: "stopped" }));
  return {
    get state() {
      return state;
    },
    stop() {
      stopping.abort();
      return running;
    },
  };
}

async function run(
  options: PublisherOptions,
  signal: AbortSignal,
  setState: (state: PublisherState) => void,
): Promise<void> {
  const { minRetryMs = 500, maxRetryMs = 10_000 } = options;
  let retryInMs = minRetryMs;
  while (!signal.aborted) {
    let error: Error;
    try {
      setState({ name: "connecting" });
      const connection = await publishRtmp({ url: options.url, key: options.key, signal });
      retryInMs = minRetryMs;
      setState({ name: "publishing" });
      error =
        (await publishUntilClosed(connection, options.clip, signal)) ??
        new Error("the connection was closed");
    } catch (cause) {
      error = cause instanceof Error ? cause : new Error(String(cause));
    }
    if (signal.aborted) return;
    setState({ name: "waiting", error, retryInMs });
    await wait(retryInMs, signal);
    retryInMs = Math.min(retryInMs * 2, maxRetryMs);
  }
}

/** Sends the clip in a loop until the connection ends or `signal` says stop; returns the connection's error. */
async function publishUntilClosed(
  connection: RtmpConnection,
  clip: Clip,
  signal: AbortSignal,
): Promise<Error | undefined> {
  connection.send(MESSAGE.data, 0, encodeAmf("@setDataFrame", "onMetaData", streamMetadata(clip)));
  for (const config of clip.configs) connection.send(config.type, 0, config.body);
  const cursor = new ClipCursor(clip);
  let startedAt = performance.now();
  const sendDue = () => {
    const now = performance.now();
    const behind = now - startedAt - cursor.timestamp;
    if (behind > MAX_BURST_MS) startedAt += behind;
    while (startedAt + cursor.timestamp <= now) {
      const { tag, timestamp } = cursor.next();
      connection.send(tag.type, timestamp, tag.body);
    }
  };
  sendDue();
  const timer = setInterval(sendDue, PACE_MS);
  const stopped = Promise.withResolvers<undefined>();
  const onAbort = () => stopped.resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([connection.closed, stopped.promise]);
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", onAbort);
    await connection.close();
  }
}

/** Walks a clip in a loop with timestamps that only rise. */
export class ClipCursor {
  readonly #clip: Clip;
  #index = 0;
  #loops = 0;

  constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** When the next tag is due, in milliseconds since the first. */
  get timestamp(): number {
    const tag = this.#clip.tags[this.#index];
    return this.#loops * this.#clip.durationMs + (tag?.timestamp ?? 0);
  }

  next(): { tag: Clip["tags"][number]; timestamp: number } {
    const timestamp = this.timestamp;
    const tag = this.#clip.tags[this.#index];
    if (!tag) throw new RangeError("a clip without media can't be published");
    this.#index += 1;
    if (this.#index === this.#clip.tags.length) {
      this.#index = 0;
      this.#loops += 1;
    }
    return { tag, timestamp };
  }
}

/** The clip's metadata without what only a file has. */
function streamMetadata(clip: Clip): AmfValue {
  const names = ["width", "height", "framerate", "videocodecid", "audiocodecid", "audiosamplerate", "stereo"];
  return Object.fromEntries(
    names.filter((name) => name in clip.metadata).map((name) => [name, clip.metadata[name] as AmfValue]),
  );
}
