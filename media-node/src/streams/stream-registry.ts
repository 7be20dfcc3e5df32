// SPDX-License-Identifier: Apache-2.0
import {
  hexToBytes,
  TickstreamError,
  type AccountId,
  type Hex,
  type StreamId,
} from "@tickstream/contracts-types";
import { createLiveStream, type LiveStream, type StreamLog } from "../media/stream.ts";
import type { PaidStream, PaidStreams } from "../pay/paid-stream.ts";
import { createKeyVault } from "../protect/key-vault.ts";
import { createFreeStreamId } from "./stream-key.ts";
import type { StreamDescription, StreamRecord, StreamStore } from "./stream-store.ts";

/** A stream cannot be carried. Codes `stream-exists`, `too-many-streams`, `stream-not-found`. */
export class StreamError extends TickstreamError {
  override readonly name = "StreamError";
}

/** A stream that this node carries: its record, its media, and how it is sold. */
export interface CarriedStream {
  readonly record: StreamRecord;
  readonly live: LiveStream;
  /** `null` for a free stream. */
  readonly paid: PaidStream | null;
}

export interface StreamRegistryOptions {
  store: StreamStore;
  genesisHash: Hex;
  maxStreams: number;
  maxStreamsPerCreator: number;
  log: StreamLog;
}

/** Somebody who wants to know of every stream, and what is to be done when one goes. */
interface Watcher {
  take(stream: CarriedStream): () => void;
  leave: Map<LiveStream, () => void>;
}

/** How long an ended stream's last playlist is served, in milliseconds. */
const ENDED_MS = 60_000;

/** All streams of the node, on air or not. */
export class StreamRegistry implements PaidStreams {
  readonly #options: StreamRegistryOptions;
  readonly #streams = new Map<string, CarriedStream>();
  readonly #paid = new Map<StreamId, PaidStream>();
  /** Streams that ended just now: players still have to be told so. */
  readonly #ended = new Map<string, { stream: CarriedStream; timer: NodeJS.Timeout }>();

  readonly #watchers = new Set<Watcher>();

  private constructor(options: StreamRegistryOptions) {
    this.#options = options;
  }

  /** Takes up every stream that has not ended. */
  static async open(options: StreamRegistryOptions): Promise<StreamRegistry> {
    const registry = new StreamRegistry(options);
    for (const record of await options.store.active()) registry.#carry(record);
    return registry;
  }

  get(id: string): CarriedStream | undefined {
    return this.#streams.get(id);
  }

  /** As {@link get}, and for a while what has ended. */
  getMedia(id: string): CarriedStream | undefined {
    return this.#streams.get(id) ?? this.#ended.get(id)?.stream;
  }

  find(id: StreamId): PaidStream | undefined {
    return this.#paid.get(id);
  }

  /**
   * Calls back with each stream that is carried, those of now at once.
   *
   * @param take returns what to do when the stream is carried no more
   * @returns the way to stop it; what is to be done for those that are still carried is done then
   */
  onEach(take: (stream: CarriedStream) => () => void): () => void {
    const watcher = { take, leave: new Map<LiveStream, () => void>() };
    this.#watchers.add(watcher);
    for (const stream of this.all()) watcher.leave.set(stream.live, take(stream));
    return () => {
      this.#watchers.delete(watcher);
      for (const leave of watcher.leave.values()) leave();
    };
  }

  all(): CarriedStream[] {
    return [...this.#streams.values()];
  }

  /**
   * Takes a new stream.
   *
   * @param chainStream its record on chain, which the caller has checked; `null` for a free one
   * @throws {@link StreamError}
   */
  async create(stream: {
    chainStream: StreamId | null;
    description: StreamDescription;
    tickMs: number;
    creator: AccountId;
  }): Promise<{ carried: CarriedStream; streamKey: string }> {
    const { maxStreams, maxStreamsPerCreator, store } = this.#options;
    const ofCreator = this.all().filter(({ record }) => record.creator === stream.creator);
    if (this.#streams.size >= maxStreams || ofCreator.length >= maxStreamsPerCreator) {
      throw new StreamError("too-many-streams", "There are too many streams: end some that are not needed.");
    }
    const id = stream.chainStream === null ? createFreeStreamId() : stream.chainStream.toString();
    const created = await store.create({ ...stream, id });
    if (created === null) throw new StreamError("stream-exists", "This node carries the stream already.");
    return { carried: this.#carry(created.record), streamKey: created.streamKey };
  }

  /** Says something else of a stream. @throws {@link StreamError} */
  async describe(id: string, description: StreamDescription): Promise<CarriedStream> {
    await this.#options.store.describe(id, description);
    const carried = this.#streams.get(id);
    if (!carried) throw new StreamError("stream-not-found", "There is no such stream.");
    const described = { ...carried, record: { ...carried.record, description } };
    this.#streams.set(id, described);
    return described;
  }

  /** Ends a stream for good. @throws {@link StreamError} */
  async end(id: string): Promise<void> {
    const carried = this.#streams.get(id);
    if (!carried) throw new StreamError("stream-not-found", "There is no such stream.");
    await this.#options.store.markEnded(id);
    await carried.live.end();
    this.#streams.delete(id);
    for (const { leave } of this.#watchers) {
      leave.get(carried.live)?.();
      leave.delete(carried.live);
    }
    if (carried.paid) this.#paid.delete(carried.paid.id);
    clearTimeout(this.#ended.get(id)?.timer);
    const timer = setTimeout(() => this.#ended.delete(id), ENDED_MS);
    this.#ended.set(id, { stream: carried, timer });
  }

  /** The node stops: publishers are dismissed, numbers stored. */
  async stop(): Promise<void> {
    for (const { timer } of this.#ended.values()) clearTimeout(timer);
    const reason = new TickstreamError("node-stopping", "The node is stopping.");
    await Promise.allSettled(this.all().map(({ live }) => live.stop(reason)));
  }

  #carry(record: StreamRecord): CarriedStream {
    const { store, genesisHash, log } = this.#options;
    const common = { id: record.id, tickMs: record.tickMs, timeline: store.timeline(record.id), log };
    let carried: CarriedStream;
    if (record.chainStream === null) {
      const live = createLiveStream({ ...common, protection: { kind: "clear" } });
      carried = { record, live, paid: null };
    } else {
      const stream = record.chainStream;
      const genesis = hexToBytes(genesisHash, 32);
      const vault = createKeyVault({ streamSecret: record.streamSecret, genesisHash: genesis, stream });
      const live = createLiveStream({
        ...common,
        protection: { kind: "epoch", stream, genesisHash: genesis, vault, rendition: 0 },
      });
      carried = { record, live, paid: sell(stream, live, vault) };
    }
    this.#streams.set(record.id, carried);
    for (const watcher of this.#watchers) watcher.leave.set(carried.live, watcher.take(carried));
    if (carried.paid) this.#paid.set(carried.paid.id, carried.paid);
    return carried;
  }
}

/** A live stream as the pay socket sees it. */
function sell(id: StreamId, live: LiveStream, vault: PaidStream["vault"]): PaidStream {
  return {
    id,
    vault,
    edgeEpoch: () => live.edgeEpoch(),
    firstEpoch: () => live.firstEpoch(),
    onEdge(callback) {
      const stopEdge = live.onEdge(callback);
      const stopState = live.onState((state) => {
        if (state === "ended") callback(null);
      });
      return () => {
        stopEdge();
        stopState();
      };
    },
  };
}
