// SPDX-License-Identifier: Apache-2.0
import type { LiveSort, LiveStreams, LiveStreamsQuery, StreamSummary } from "@tickstream/contracts-types";
import { readCursor, writeCursor } from "./page-cursor.ts";

const DEFAULT_LIMIT = 24;

/**
 * One page of the streams on air that fit a query. The list moves while it is read: a page begins behind the place
 * that the last entry of the page before had.
 *
 * @throws ApiFailure for a cursor of another list
 */
export function liveList(streams: readonly StreamSummary[], query: LiveStreamsQuery): LiveStreams {
  const { sort = "viewers", limit = DEFAULT_LIMIT } = query;
  const after = query.cursor === undefined ? null : readPlace(query.cursor, sort);
  const places = streams
    .filter((stream) => fits(stream, query))
    .map((stream) => ({ stream, place: placeOf(stream, sort) }))
    .toSorted((a, b) => compare(a.place, b.place));
  const begin = after === null ? 0 : places.findIndex(({ place }) => compare(place, after) > 0);
  const page = begin < 0 ? [] : places.slice(begin, begin + limit);
  const last = page.at(-1);
  const more = last !== undefined && begin + limit < places.length;
  return {
    streams: page.map(({ stream }) => stream),
    next: more ? writeCursor(sort, last.place.key.toString(), last.place.id) : null,
  };
}

function fits(stream: StreamSummary, query: LiveStreamsQuery): boolean {
  const { category, tag, language, creator, search } = query;
  return (
    (category === undefined || stream.category === category) &&
    (tag === undefined || stream.tags.includes(tag)) &&
    (language === undefined || speaks(stream.language, language)) &&
    (creator === undefined || stream.creator === creator) &&
    (search === undefined || contains(stream, search))
  );
}

/** A wanted `de` is content with `de-AT`, a wanted `de-AT` not with `de`. */
function speaks(language: string | null, wanted: string): boolean {
  if (language === null) return false;
  const [has, wants] = [language.toLowerCase(), wanted.toLowerCase()];
  return has === wants || has.startsWith(`${wants}-`);
}

function contains({ title, description, tags }: StreamSummary, search: string): boolean {
  const text = plain([title, description, ...tags].join(" "));
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Without case and accents, so that `cafe` finds `Café`. */
function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Where a stream stands in an order: by its key, the lowest first, and by id where keys are the same. */
interface Place {
  key: bigint;
  id: string;
}

function placeOf(stream: StreamSummary, sort: LiveSort): Place {
  const { id, viewers, startedAt, rate, tickMs } = stream;
  switch (sort) {
    case "viewers":
      return { id, key: -BigInt(viewers) };
    case "newest":
      return { id, key: startedAt === null ? 0n : -BigInt(Date.parse(startedAt)) };
    case "price":
      // Millionths of plancks a millisecond: what a tick costs says little where ticks differ in length.
      return { id, key: (rate * 1_000_000n) / BigInt(tickMs) };
  }
}

function compare(a: Place, b: Place): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** @throws ApiFailure */
function readPlace(cursor: string, sort: LiveSort): Place | null {
  const [written, key, id] = readCursor(cursor, ["string", "string", "string"]) as [string, string, string];
  // Another order has other places: its first page is the honest answer.
  if (written !== sort || !/^-?[0-9]{1,50}$/.test(key)) return null;
  return { key: BigInt(key), id };
}
