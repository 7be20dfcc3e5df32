// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { planck } from "../amounts.ts";
import { loginRequest } from "./auth.ts";
import { ApiBodyError, formatApiBody, parseApiBody } from "./codec.ts";
import { nodeInfo } from "./node.ts";
import {
  apiStreamId,
  createStreamRequest,
  liveStreams,
  liveStreamsQuery,
  pastStreamsQuery,
  updateStreamRequest,
  type LiveStreams,
} from "./streams.ts";

const live: LiveStreams = {
  streams: [
    {
      id: "7",
      title: "A stream",
      creator: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
      rate: planck(10n ** 30n),
      tickMs: 1_000,
      startedAt: "2026-11-21T11:00:00.000Z",
      viewers: 3,
      playback: { hls: "/live/7/index.m3u8", whep: null, whepObstacle: "off-air" },
      description: "About this",
      category: "music",
      tags: ["jazz", "live-set"],
      language: "de-AT",
      picture: "/pictures/7/1764000000000.jpg",
      codecs: { video: "avc1.64001f", audio: "mp4a.40.2" },
    },
  ],
  next: null,
};

describe("API bodies", () => {
  test("are read back as they were written, amounts exact", () => {
    const text = formatApiBody(liveStreams, live);
    expect(text).toContain(`"rate":"1${"0".repeat(30)}"`);
    expect(parseApiBody(liveStreams, JSON.parse(text))).toEqual(live);
  });

  test("an answer may have fields that this version does not know", () => {
    const body = JSON.parse(formatApiBody(liveStreams, live)) as { streams: object[] };
    expect(parseApiBody(liveStreams, { ...body, streams: [{ ...body.streams[0], later: 1 }] })).toEqual(live);
  });

  test("an answer with a wrong field is refused, by its name", () => {
    const body = JSON.parse(formatApiBody(liveStreams, live)) as { streams: object[] };
    const bad = { ...body, streams: [{ ...body.streams[0], rate: 1 }] };
    expect(() => parseApiBody(liveStreams, bad)).toThrow(ApiBodyError);
    expect(() => parseApiBody(liveStreams, bad)).toThrow("streams.0.rate");
    expect(() => parseApiBody(nodeInfo, {})).toThrow(ApiBodyError);
  });

  test("a stream to create is paid or free, not both and not neither", () => {
    const title = "A stream";
    expect(parseApiBody(createStreamRequest, { title, free: true })).toEqual({ title, free: true });
    expect(parseApiBody(createStreamRequest, { title, chainStream: "7" })).toEqual({
      title,
      chainStream: "7",
    });
    for (const bad of [{ title }, { title, free: false }, { title, free: true, chainStream: "7" }]) {
      expect(() => parseApiBody(createStreamRequest, bad)).toThrow(ApiBodyError);
    }
    expect(() => parseApiBody(createStreamRequest, { title: "", free: true })).toThrow(ApiBodyError);
    expect(() => parseApiBody(createStreamRequest, { title: "x".repeat(201), free: true })).toThrow(
      ApiBodyError,
    );
  });

  test("a stream's id is the chain's or a free stream's", () => {
    for (const id of ["0", "18446744073709551615", "fabcdefghij27"])
      expect(parseApiBody(apiStreamId, id)).toBe(id);
    for (const id of ["", "01", "f", "fABCDEFGHIJKL", "fabcdefghij018", "../x"]) {
      expect(() => parseApiBody(apiStreamId, id)).toThrow(ApiBodyError);
    }
  });

  test("a description's tags have one form, in small number; languages and categories are known ones", () => {
    const parse = (body: object) => parseApiBody(updateStreamRequest, body);
    expect(parse({ tags: [" Jazz", "Live-Set", "Ärger", "日本語"] }).tags).toEqual([
      "jazz",
      "live-set",
      "ärger",
      "日本語",
    ]);
    expect(parse({ language: "pt-BR", category: "music", description: "" })).toBeTruthy();
    expect(parse({ language: null })).toEqual({ language: null });
    for (const bad of [
      { tags: ["a b"] },
      { tags: ["-"] },
      { tags: ["x".repeat(33)] },
      { tags: Array.from({ length: 9 }, (_, i) => `t${i}`) },
      { language: "english" },
      { category: "misc" },
      { title: "" },
      { chainStream: "7" },
    ]) {
      expect(() => parse(bad)).toThrow(ApiBodyError);
    }
  });

  test("a query's numbers and flags are read from text, within bounds", () => {
    expect(parseApiBody(liveStreamsQuery, { limit: "5", sort: "price" })).toEqual({
      limit: 5,
      sort: "price",
    });
    expect(parseApiBody(pastStreamsQuery, { archived: "true" })).toEqual({ archived: true });
    for (const bad of [
      { limit: "0" },
      { limit: "101" },
      { limit: "1.5" },
      { limit: ["1", "2"] },
      { page: "2" },
    ]) {
      expect(() => parseApiBody(liveStreamsQuery, bad)).toThrow(ApiBodyError);
    }
  });

  test("a login's signature has 64 to 66 bytes", () => {
    const login = (bytes: number) => ({
      address: "5G",
      challenge: "c",
      signature: `0x${"0a".repeat(bytes)}`,
    });
    for (const bytes of [64, 65, 66]) parseApiBody(loginRequest, login(bytes));
    for (const bytes of [63, 67])
      expect(() => parseApiBody(loginRequest, login(bytes))).toThrow(ApiBodyError);
  });
});
