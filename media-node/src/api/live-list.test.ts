// SPDX-License-Identifier: Apache-2.0
import { planck, type StreamSummary } from "@tickstream/contracts-types";
import { describe, expect, test } from "vitest";
import { liveList } from "./live-list.ts";

const stream = (id: string, changes: Partial<StreamSummary> = {}): StreamSummary => ({
  id,
  title: `Stream ${id}`,
  description: "",
  category: "other",
  tags: [],
  language: null,
  picture: null,
  creator: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  rate: planck(10n),
  tickMs: 1_000,
  startedAt: "2026-11-21T11:00:00.000Z",
  viewers: 0,
  playback: { hls: `/live/${id}/index.m3u8`, whep: null, whepObstacle: "off-air" },
  codecs: null,
  ...changes,
});
const ids = (streams: StreamSummary[]): string[] => streams.map(({ id }) => id);

describe("the live list", () => {
  test("finds by words in title, description and tags, whatever their case and accents", () => {
    const streams = [
      stream("1", { title: "Café del Mar", tags: ["sunset"] }),
      stream("2", { title: "Chess", description: "A café on the corner" }),
      stream("3"),
    ];
    const find = (search: string) => ids(liveList(streams, { search }).streams);
    expect(find("CAFE")).toEqual(["1", "2"]);
    expect(find(" sunset  café ")).toEqual(["1"]);
    expect(find("tea")).toEqual([]);
  });

  test("filters by category, tag, language and creator", () => {
    const streams = [
      stream("1", { category: "music", tags: ["jazz"], language: "de-AT" }),
      stream("2", { category: "music", language: "de", creator: "5F" }),
      stream("3", { language: "den" }),
    ];
    expect(ids(liveList(streams, { category: "music" }).streams)).toEqual(["1", "2"]);
    expect(ids(liveList(streams, { tag: "jazz" }).streams)).toEqual(["1"]);
    expect(ids(liveList(streams, { language: "DE" }).streams)).toEqual(["1", "2"]);
    expect(ids(liveList(streams, { language: "de-AT" }).streams)).toEqual(["1"]);
    expect(ids(liveList(streams, { creator: "5F" }).streams)).toEqual(["2"]);
  });

  test("sorts by viewers, by start and by price per second", () => {
    const streams = [
      stream("1", { viewers: 1, startedAt: "2026-11-21T12:00:00.000Z", rate: planck(30n) }),
      stream("2", { viewers: 5, startedAt: "2026-11-21T10:00:00.000Z", rate: planck(20n), tickMs: 100 }),
      stream("3", { viewers: 5, startedAt: "2026-11-21T11:00:00.000Z", rate: planck(100n), tickMs: 10_000 }),
    ];
    expect(ids(liveList(streams, {}).streams)).toEqual(["2", "3", "1"]);
    expect(ids(liveList(streams, { sort: "newest" }).streams)).toEqual(["1", "3", "2"]);
    expect(ids(liveList(streams, { sort: "price" }).streams)).toEqual(["3", "1", "2"]);
  });

  test("pages go on behind the last entry, also where that one has left meanwhile", () => {
    const all = Array.from({ length: 7 }, (_, i) => stream(String(i), { viewers: 7 - i }));
    const seen: string[] = [];
    let [streams, cursor] = [all, undefined as string | undefined];
    for (let page = 0; page < 4; page++) {
      const { streams: found, next } = liveList(streams, { limit: 2, ...(cursor ? { cursor } : {}) });
      seen.push(...ids(found));
      streams = streams.filter(({ id }) => id !== found.at(-1)?.id);
      cursor = next ?? undefined;
    }
    expect(seen).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(cursor).toBeUndefined();
    expect(liveList([], { limit: 2 })).toEqual({ streams: [], next: null });
  });

  test("a cursor that is none is refused; one of another order begins anew", () => {
    const streams = [stream("1"), stream("2")];
    for (const cursor of ["x", "", Buffer.from("[1]").toString("base64url")]) {
      expect(() => liveList(streams, { cursor })).toThrow(
        expect.objectContaining({ code: "cursor-invalid" }),
      );
    }
    const { next } = liveList(streams, { limit: 1 });
    expect(ids(liveList(streams, { sort: "price", cursor: next! }).streams)).toEqual(["1", "2"]);
  });
});
