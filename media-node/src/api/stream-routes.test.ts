// SPDX-License-Identifier: Apache-2.0
// Streams over the API: what is said of them, how they are found, what becomes of them.
import { accountId, streamId } from "@tickstream/contracts-types";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { pair, startApiNode, type ApiNode } from "../testing/api-node.ts";

let postgres: TestPostgres;
let databaseUrl: string;
let api: ApiNode;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase();
  api = await startApiNode(databaseUrl, { previewTicks: 15 });
});
afterEach(() => api.stop());

const text = {
  description: "Two hours of piano",
  category: "music",
  tags: ["Jazz", "piano", "jazz"],
  language: "de-AT",
};

describe("a stream's description", () => {
  test("is kept, changed in part, and survives a restart", async () => {
    const { token } = await api.createPaid(text);
    const kept = { ...text, tags: ["jazz", "piano"], title: "Live" };
    expect((await api.call("/api/streams/7")).body).toMatchObject({
      ...kept,
      previewTicks: 15,
      picture: null,
      codecs: null,
      endedAt: null,
      archivedAt: null,
      creatorFigures: { streams: 1, live: 0, followers: 0 },
    });
    const patch = (body: object, as = token) =>
      api.call("/api/streams/7", { method: "PATCH", body, token: as });
    const changed = await patch({ title: "Live at eight", language: null, tags: [] });
    expect(changed.body).toMatchObject({ ...kept, title: "Live at eight", language: null, tags: [] });
    await api.stop();
    api = await startApiNode(databaseUrl);
    expect((await api.call("/api/streams/7")).body).toMatchObject({ title: "Live at eight", tags: [] });

    expect((await patch({ category: "misc" })).body.error.code).toBe("api-body-invalid");
    expect((await patch({ rate: "1" })).status).toBe(400);
    expect((await patch({}, await api.login("//Bob"))).body.error.code).toBe("not-creator");
    expect((await patch({}, "")).body.error.code).toBe("login-needed");
  });

  test("has defaults where the creator says nothing", async () => {
    await api.createPaid();
    expect((await api.call("/api/streams/7")).body).toMatchObject({
      description: "",
      category: "other",
      tags: [],
      language: null,
    });
  });
});

describe("ended streams", () => {
  test("are listed to their creator, page by page, and put away for good", async () => {
    const { token } = await api.createPaid(text);
    for (const id of [8n, 9n]) {
      api.chain.setTerms(streamId(id), { creator: accountId(pair("//Alice").publicKey) });
      await api.call("/api/streams", { token, body: { title: `Stream ${id}`, chainStream: id.toString() } });
    }
    for (const id of [7, 8, 9]) await api.call(`/api/streams/${id}/end`, { method: "POST", token });
    const past = async (query = ""): Promise<{ streams: { id: string }[]; next: string | null }> =>
      (await api.call(`/api/streams/past${query}`, { token })).body;
    const first = await past("?limit=2");
    expect(first.streams).toMatchObject([{ id: "9" }, { id: "8" }]);
    const second = await past(`?limit=2&cursor=${first.next}`);
    expect(second).toMatchObject({ streams: [{ id: "7", tags: ["jazz", "piano"], paid: true }], next: null });
    expect((await api.call("/api/streams/mine", { token })).body.streams).toEqual([]);

    const archived = (await api.call("/api/streams/8/archive", { method: "POST", token })).body;
    expect((await past("?archived=true")).streams).toMatchObject([
      { id: "8", archivedAt: archived.archivedAt },
    ]);
    expect((await past()).streams.map(({ id }) => id)).toEqual(["9", "7"]);
    expect((await api.call("/api/streams/past?cursor=x", { token })).body.error.code).toBe("cursor-invalid");
    expect((await api.call("/api/streams/past")).body.error.code).toBe("login-needed");
    // Taken up again, it is in no such list.
    await api.call("/api/streams", { token, body: { title: "Again", chainStream: "8" } });
    expect((await past("?archived=true")).streams).toEqual([]);
    expect((await api.call("/api/streams/8")).body).toMatchObject({ state: "offline", archivedAt: null });
  });

  test("a stream that is put away while it is carried ends first; only its creator can do that", async () => {
    const { token } = await api.createPaid();
    const bob = await api.login("//Bob");
    const refused = await api.call("/api/streams/7/archive", { method: "POST", token: bob });
    expect(refused.body.error.code).toBe("not-creator");
    const answer = await api.call("/api/streams/7/archive", { method: "POST", token });
    expect(answer.body).toMatchObject({
      id: "7",
      endedAt: expect.any(String),
      archivedAt: expect.any(String),
    });
    expect((await api.call("/api/streams/7")).body.state).toBe("ended");
  });
});

describe("follows", () => {
  test("are kept for an account: once each, the newest first, and counted", async () => {
    await api.createPaid();
    const [alice, charlie] = [pair("//Alice").address, pair("//Charlie").address];
    const bob = await api.login("//Bob");
    const follow = (method: "PUT" | "DELETE", creator: string, token = bob) =>
      api.call(`/api/follows/${creator}`, { method, token });
    for (const creator of [charlie, alice, alice]) expect((await follow("PUT", creator)).status).toBe(204);
    const list = async (): Promise<string[]> =>
      (await api.call("/api/follows", { token: bob })).body.follows.map(
        (f: { creator: string }) => f.creator,
      );
    expect(await list()).toEqual([alice, charlie]);
    expect((await api.call("/api/streams/7")).body.creatorFigures.followers).toBe(1);
    expect((await follow("DELETE", charlie)).status).toBe(204);
    expect((await follow("DELETE", charlie)).status).toBe(204);
    expect(await list()).toEqual([alice]);
    expect((await follow("PUT", "nobody")).body.error.code).toBe("address-invalid");
    expect((await follow("PUT", alice, "")).body.error.code).toBe("login-needed");
    expect((await api.call("/api/follows", { token: await api.login("//Alice") })).body.follows).toEqual([]);
  });
});

test("queries with nonsense get a typed answer", async () => {
  for (const query of ["?limit=0", "?limit=101", "?sort=best", "?category=misc", "?page=2", "?tag=a&tag=b"]) {
    const { status, body } = await api.call(`/api/streams/live${query}`);
    expect([status, body.error.code], query).toEqual([400, "api-body-invalid"]);
  }
  expect((await api.call("/api/streams/live?cursor=x")).body.error.code).toBe("cursor-invalid");
});

test("without a price source there is no price; ICE servers are those that the operator names", async () => {
  expect((await api.call("/api/price")).body.error.code).toBe("price-off");
  expect((await api.call("/api/ice-servers")).body.iceServers).toEqual([]);
  await api.stop();
  api = await startApiNode(databaseUrl, {
    stunUrls: "stun:a.example:3478, stun:b.example",
    priceUrl: "http://127.0.0.1:1/",
  });
  expect((await api.call("/api/ice-servers")).body.iceServers).toEqual([
    { urls: ["stun:a.example:3478", "stun:b.example"] },
  ]);
  expect((await api.call("/api/price")).body.error.code).toBe("price-stale");
});
