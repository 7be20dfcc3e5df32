// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { amount, epoch, share, text, time, u32 } from "../fields.ts";
import { category, description, language, tag, tags, title } from "./description.ts";
import { next, pageQuery } from "./page.ts";

/** A stream in the API: its id on the chain in decimal, or `f` and 12 base-32 characters of a free one. */
export const apiStreamId = z.string().check(z.regex(/^(0|[1-9][0-9]{0,19}|f[a-z2-7]{12})$/));

/** An account as an SS58 address. */
export const address = text(64);

/** A path on the host that answered. */
const path = text(256);

/**
 * Why a stream does not come by WebRTC now: nobody publishes it, its pictures come in another order than they are shown in, or
 * neither its picture nor its sound is of a kind that WebRTC carries.
 */
const whepObstacle = z.enum(["off-air", "b-frames", "codec"]);

/** Where a stream can be played now: paths on the host that answered. */
const playback = z.object({
  hls: path,
  /** WHEP (WebRTC); `null` where it does not come so, which may change while it is on air. */
  whep: z.nullable(path),
  /** Why not; `null` where it does. */
  whepObstacle: z.nullable(whepObstacle),
});

/** What a stream is made of, as RFC 6381 names it: `avc1.64001f`, `mp4a.40.2`. */
const codecs = z.object({ video: z.nullable(text(64)), audio: z.nullable(text(64)) });

const describedFields = {
  id: apiStreamId,
  title,
  description,
  category,
  tags,
  /** BCP 47; `null` where the creator said nothing. */
  language: z.nullable(language),
};

const streamFields = {
  ...describedFields,
  /** Path of a picture of the stream, 640 pixels wide, a new path for each new picture; `null` where there is none. */
  picture: z.nullable(path),
  /** Who is paid. */
  creator: z.nullable(address),
  /** Plancks per tick; 0 is free. */
  rate: amount,
  /** Milliseconds of media in a tick. */
  tickMs: u32,
  /** When this broadcast began; `null` before the first. */
  startedAt: z.nullable(time),
  /** How many watch now. */
  viewers: u32,
  playback,
  /** `null` while nobody publishes. */
  codecs: z.nullable(codecs),
};

/** A stream as lists show it. */
export const streamSummary = z.object(streamFields);

/** Orders of the live list: most viewers, newest broadcast, or lowest price per second first. */
export const LIVE_SORTS = ["viewers", "newest", "price"] as const;

/** What `GET /api/streams/live` takes in its query. */
export const liveStreamsQuery = z.strictObject({
  /** Words that title, description or a tag must all have. */
  search: z.optional(text(100)),
  category: z.optional(category),
  tag: z.optional(tag),
  /** `de` finds `de-AT` as well. */
  language: z.optional(language),
  creator: z.optional(address),
  /** `viewers` by default. */
  sort: z.optional(z.enum(LIVE_SORTS)),
  ...pageQuery,
});

/** `GET /api/streams/live`. What changes its place between two pages can be missing, or come twice. */
export const liveStreams = z.object({ streams: z.array(streamSummary), next });

/** What a stream is doing: `waiting` means that its publisher is gone and may return. */
export const streamState = z.enum(["offline", "live", "waiting", "ended"]);

/** `GET /api/streams/:id` */
export const streamDetail = z.object({
  ...streamFields,
  state: streamState,
  /** Version of the terms that new channels open at; `null` for a free stream. */
  terms: z.nullable(u32),
  /** The operator's part in parts per billion. */
  operatorShare: share,
  /** Who gets the rest, in parts per billion of it. */
  payees: z.array(z.object({ account: address, share })),
  operator: address,
  /** Path of the pay socket; `null` for a free stream. */
  pay: z.nullable(path),
  /** Ticks each network address may watch for nothing. */
  previewTicks: u32,
  createdAt: time,
  endedAt: z.nullable(time),
  /** Put away by its creator: in no list but that of the archive. */
  archivedAt: z.nullable(time),
  /** The creator, as this node knows them. */
  creatorFigures: z.object({
    /** Streams that have not ended, and of those on air. */
    streams: u32,
    live: u32,
    followers: u32,
  }),
});

const describe = {
  description: z.optional(description),
  category: z.optional(category),
  tags: z.optional(tags),
  /** `null`: none in particular. */
  language: z.optional(z.nullable(language)),
};

/** `POST /api/streams`: a paid stream names its record on the chain, a free one needs none. */
export const createStreamRequest = z.union([
  z.strictObject({ title, ...describe, chainStream: z.string().check(z.regex(/^(0|[1-9][0-9]{0,19})$/)) }),
  z.strictObject({ title, ...describe, free: z.literal(true) }),
]);

/** The answer to `POST /api/streams`. The key is shown this once; the node keeps its hash. */
export const createStreamResponse = z.object({ stream: streamDetail, streamKey: text(128) });

/** `PATCH /api/streams/:id`: what is left out stays. The answer is a {@link streamDetail}. */
export const updateStreamRequest = z.strictObject({ title: z.optional(title), ...describe });

/** The answer to `POST /api/streams/:id/key`. */
export const streamKeyResponse = z.object({ streamKey: text(128) });

/** `GET /api/streams/mine`: those that have not ended. */
export const myStreams = z.object({ streams: z.array(streamDetail) });

/** What `GET /api/streams/past` takes in its query. */
export const pastStreamsQuery = z.strictObject({
  /** Those in the archive, or (by default) those that are not. */
  archived: z.optional(z.stringbool()),
  ...pageQuery,
});

/** A stream that has ended, as its creator's list shows it: the chain may have forgotten its price. */
export const pastStream = z.object({
  ...describedFields,
  /** Whether it cost something. */
  paid: z.boolean(),
  createdAt: time,
  endedAt: time,
  archivedAt: z.nullable(time),
});

/** `GET /api/streams/past`: the login's own, the last ended first. */
export const pastStreams = z.object({ streams: z.array(pastStream), next });

/** What comes in from a stream's source. */
export const ingestStats = z.object({
  /** `rtmp`, `whip`, … */
  protocol: text(16),
  connectedAt: time,
  codecs,
  /** Pixels; `null` without a picture. */
  width: z.nullable(u32),
  height: z.nullable(u32),
  /** Bits and frames per second over the last seconds. */
  bitrate: u32,
  fps: z.number(),
  /** Milliseconds between the last two keyframes; `null` while unknown. */
  gopMs: z.nullable(u32),
  /** Milliseconds since the last keyframe came; `null` before the first. */
  keyframeAgeMs: z.nullable(u32),
  frames: epoch,
  droppedFrames: epoch,
  /** Whether pictures come in another order than they are shown in. */
  bFrames: z.boolean(),
  /** Milliseconds by which media comes later than it did at its best: a line that is too slow. */
  lateMs: u32,
  /** How its packets come, where the protocol tells (WebRTC); else `null`. */
  connection: z.nullable(
    z.object({
      packets: epoch,
      /** Never came. */
      lost: epoch,
      /** Came when they were asked for again. */
      recovered: epoch,
      jitterMs: z.number(),
      roundTripMs: z.nullable(z.number()),
    }),
  ),
});

/** `GET /api/streams/:id/stats`; all but the first three are for the stream's creator only. */
export const streamStats = z.object({
  viewers: u32,
  state: streamState,
  /** The newest epoch; `null` when off air. */
  edge: z.nullable(epoch),
  /** What viewers have paid for on this node, by how far it is on its way to the chain. */
  earnings: z.optional(
    z.object({
      /** Ticks whose keys were sold. */
      ticksSold: epoch,
      /** Sold and not yet in a settlement, in plancks. */
      pending: amount,
      /** In a settlement that is in a block, in plancks. */
      settled: amount,
      /** Of that, in a final block. */
      finalized: amount,
    }),
  ),
  /** Ticks sold a second, over the last seconds. */
  ticksPerSecond: z.optional(z.number()),
  /** `null` while nobody publishes. */
  ingest: z.optional(z.nullable(ingestStats)),
});

export type StreamSummary = z.output<typeof streamSummary>;
export type LiveSort = (typeof LIVE_SORTS)[number];
export type LiveStreamsQuery = z.output<typeof liveStreamsQuery>;
export type LiveStreams = z.output<typeof liveStreams>;
export type StreamState = z.output<typeof streamState>;
export type WhepObstacle = z.output<typeof whepObstacle>;
export type StreamCodecs = z.output<typeof codecs>;
export type StreamDetail = z.output<typeof streamDetail>;
export type CreateStreamRequest = z.output<typeof createStreamRequest>;
export type CreateStreamResponse = z.output<typeof createStreamResponse>;
export type UpdateStreamRequest = z.output<typeof updateStreamRequest>;
export type StreamKeyResponse = z.output<typeof streamKeyResponse>;
export type MyStreams = z.output<typeof myStreams>;
export type PastStreamsQuery = z.output<typeof pastStreamsQuery>;
export type PastStream = z.output<typeof pastStream>;
export type PastStreams = z.output<typeof pastStreams>;
export type IngestStats = z.output<typeof ingestStats>;
export type StreamStats = z.output<typeof streamStats>;
