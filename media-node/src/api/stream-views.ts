// SPDX-License-Identifier: Apache-2.0
import {
  planck,
  toSs58,
  type AccountId,
  type PastStream,
  type StreamCodecs,
  type StreamDetail,
  type StreamId,
  type StreamState,
  type StreamSummary,
  type WhepObstacle,
} from "@tickstream/contracts-types";
import type { ChainTerms } from "../ledger/chain-for-ledger.ts";
import type { CurrentTerms } from "../pay/paid-stream.ts";
import type { CarriedStream } from "../streams/stream-registry.ts";
import type { StreamRecord } from "../streams/stream-store.ts";
import { ApiFailure } from "./api-failure.ts";

/** A stream as the API looks at it: carried, or ended and only remembered. */
export interface ViewedStream {
  readonly record: StreamRecord;
  readonly live: Pick<CarriedStream["live"], "state" | "startedAt" | "edgeEpoch">;
  readonly paid: { readonly id: StreamId } | null;
}

export interface ViewContext {
  terms: CurrentTerms;
  operator: AccountId;
  previewTicks: number;
  viewers(stream: ViewedStream): number;
  /** What a stream is made of; `null` while nobody publishes. */
  codecs(id: string): StreamCodecs | null;
  /** Path of its picture. */
  picture(id: string): string | null;
  /** What keeps it from being watched over WebRTC. */
  whepObstacle(id: string): WhepObstacle | null;
  creatorFigures(creator: AccountId): Promise<StreamDetail["creatorFigures"]>;
}

/** A stream that the node no longer carries. */
export function endedStream(record: StreamRecord): ViewedStream {
  return {
    record,
    live: { state: "ended", startedAt: undefined, edgeEpoch: () => null },
    paid: record.chainStream === null ? null : { id: record.chainStream },
  };
}

/** A stream as lists show it. @throws ApiFailure where its price cannot be told */
export async function summarize(context: ViewContext, stream: ViewedStream): Promise<StreamSummary> {
  return summary(context, stream, await termsOf(context, stream));
}

/** A stream with its terms. @throws ApiFailure where they cannot be told */
export async function detail(context: ViewContext, stream: ViewedStream): Promise<StreamDetail> {
  const { record } = stream;
  const [terms, creatorFigures] = await Promise.all([
    termsOf(context, stream),
    context.creatorFigures(record.creator),
  ]);
  return {
    ...summary(context, stream, terms),
    state: stateOf(stream),
    terms: terms?.version ?? null,
    operatorShare: terms?.operatorShare ?? 0,
    payees: terms?.payees.map(({ account, share }) => ({ account: toSs58(account), share })) ?? [],
    operator: toSs58(context.operator),
    pay: stream.paid ? "/pay" : null,
    previewTicks: stream.paid ? context.previewTicks : 0,
    createdAt: record.createdAt.toISOString(),
    endedAt: record.endedAt?.toISOString() ?? null,
    archivedAt: record.archivedAt?.toISOString() ?? null,
    creatorFigures,
  };
}

/** A stream that has ended, by what the node itself remembers of it. */
export function pastStreamOf(record: StreamRecord & { endedAt: Date }): PastStream {
  const { text, ...description } = record.description;
  return {
    id: record.id,
    ...description,
    description: text,
    paid: record.chainStream !== null,
    createdAt: record.createdAt.toISOString(),
    endedAt: record.endedAt.toISOString(),
    archivedAt: record.archivedAt?.toISOString() ?? null,
  };
}

export function stateOf({ live }: ViewedStream): StreamState {
  return live.state === "idle" ? "offline" : live.state;
}

function summary(context: ViewContext, stream: ViewedStream, terms: ChainTerms | null): StreamSummary {
  const { record, live } = stream;
  const { text, ...description } = record.description;
  const whepObstacle = context.whepObstacle(record.id);
  return {
    id: record.id,
    ...description,
    description: text,
    picture: context.picture(record.id),
    creator: toSs58(record.creator),
    rate: terms?.rate ?? planck(0n),
    tickMs: record.tickMs,
    startedAt: live.startedAt?.toISOString() ?? null,
    viewers: context.viewers(stream),
    playback: {
      hls: `/live/${record.id}/index.m3u8`,
      whep: whepObstacle === null ? `/whep/${record.id}` : null,
      whepObstacle,
    },
    codecs: context.codecs(record.id),
  };
}

async function termsOf({ terms }: ViewContext, { paid }: ViewedStream): Promise<ChainTerms | null> {
  if (!paid) return null;
  const current = await terms.get(paid.id);
  if (current === "unreachable") {
    throw new ApiFailure(
      503,
      "chain-unreachable",
      "The node cannot read the stream's price from the chain now.",
    );
  }
  if (current === null) throw new ApiFailure(404, "stream-not-found", "The stream is gone from the chain.");
  return current;
}
