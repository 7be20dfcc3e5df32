// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { amount, epoch, share, text, time, u32 } from "../fields.ts";

/** The longest title of a stream, in UTF-16 units. */
export const MAX_TITLE_LENGTH = 200;

/** A stream in the API: its id on the chain in decimal, or `f` and 12 base-32 characters of a free one. */
export const apiStreamId = z.string().check(z.regex(/^(0|[1-9][0-9]{0,19}|f[a-z2-7]{12})$/));

/** An account as an SS58 address. */
export const address = text(64);

const title = z.string().check(z.minLength(1), z.maxLength(MAX_TITLE_LENGTH));

/** Where a stream can be played: paths on the host that answered. */
const playback = z.object({ hls: text(256) });

const streamFields = {
  id: apiStreamId,
  title,
  /** Who is paid; `null` for a free stream that nobody logged in to create. */
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
};

/** A stream as lists show it. */
export const streamSummary = z.object(streamFields);

/** `GET /api/streams/live` */
export const liveStreams = z.object({ streams: z.array(streamSummary) });

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
  pay: z.nullable(text(256)),
});

/** `POST /api/streams`: a paid stream names its record on the chain, a free one needs none. */
export const createStreamRequest = z.union([
  z.strictObject({ title, chainStream: z.string().check(z.regex(/^(0|[1-9][0-9]{0,19})$/)) }),
  z.strictObject({ title, free: z.literal(true) }),
]);

/** The answer to `POST /api/streams`. The key is shown this once; the node keeps its hash. */
export const createStreamResponse = z.object({ stream: streamDetail, streamKey: text(128) });

/** The answer to `POST /api/streams/:id/key`. */
export const streamKeyResponse = z.object({ streamKey: text(128) });

/** `GET /api/streams/mine` */
export const myStreams = z.object({ streams: z.array(streamDetail) });

/** `GET /api/streams/:id/stats`; the money and the ticks are for the stream's creator only. */
export const streamStats = z.object({
  viewers: u32,
  state: streamState,
  /** The newest epoch; `null` when off air. */
  edge: z.nullable(epoch),
  /** What viewers have paid for, by how far it is on its way to the chain. */
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
});

export type StreamSummary = z.output<typeof streamSummary>;
export type LiveStreams = z.output<typeof liveStreams>;
export type StreamState = z.output<typeof streamState>;
export type StreamDetail = z.output<typeof streamDetail>;
export type CreateStreamRequest = z.output<typeof createStreamRequest>;
export type CreateStreamResponse = z.output<typeof createStreamResponse>;
export type StreamKeyResponse = z.output<typeof streamKeyResponse>;
export type MyStreams = z.output<typeof myStreams>;
export type StreamStats = z.output<typeof streamStats>;
