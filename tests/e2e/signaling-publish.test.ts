// SPDX-License-Identifier: Apache-2.0
// A browser publishes by simple-peer through /signal: to the node's own socket, and to a server beside it that shares rooms by
// Redis. Real Chromium, real node, real Redis.
import type { Page } from "playwright-core";
import { findRedis, startRedis, TestPeer, type TestRedis } from "@tickstream/signaling/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Chromium, startChromium } from "../support/browser/chromium.ts";
import { createOnNode, login } from "../support/money/creator.ts";
import type { LocalServer } from "../support/system/local-server.ts";
import { type Program, startProgram } from "../support/system/program.ts";
import { account } from "../support/money/raw-chain.ts";
import { inRepository } from "../support/system/repository.ts";
import {
  endPublishing,
  joinRoom,
  leaveSocket,
  offerAgain,
  openSignalPage,
  publishingState,
  serveSignalPage,
} from "../support/browser/signal-page.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { FAKE_CAMERA } from "../support/browser/whip-page.ts";

const redisProgram = findRedis();

let redis: TestRedis | undefined;
let system: TestSystem;
let site: LocalServer;
let browser: Chromium;
let page: Page;
let token: string;
let stream: { id: string; streamKey: string };
let nodeSignal: string;

beforeAll(async () => {
  redis = redisProgram === undefined ? undefined : await startRedis(redisProgram);
  system = await startSystem({
    node: {
      turnUrls: "turn:turn.example:3478?transport=udp",
      turnSecret: "north wind",
      ...(redis === undefined ? {} : { redisUrl: redis.url }),
    },
  });
  site = await serveSignalPage();
  token = await login(system.node.url, await account("//Alice"));
  nodeSignal = `${system.node.url.replace("http:", "ws:")}/signal`;
}, 180_000);
afterAll(async () => {
  try {
    await site?.stop();
    await system?.stop();
  } finally {
    await redis?.stop();
  }
});
beforeEach(async () => {
  stream = await createOnNode(system.node.url, token, { title: "From the browser", free: true });
});

/** A page with a camera, before each test of a group. */
const withPage = (): void => {
  beforeEach(async () => {
    browser = await startChromium(FAKE_CAMERA);
    page = await browser.context.newPage();
    await openSignalPage(page, site.origin, stream.id);
  });
  afterEach(() => browser.close());
};

const key = () => ({ kind: "stream-key", key: stream.streamKey });
const connected = () =>
  expect.poll(async () => (await publishingState(page)).state, { timeout: 60_000 }).toBe("connected");
const playlist = async (): Promise<string> => {
  const response = await fetch(`${system.node.url}/live/${stream.id}/index.m3u8`);
  return response.ok ? await response.text() : "";
};
/** The newest part's number: it rises while media comes. */
const newestPart = async (): Promise<string | undefined> =>
  [...(await playlist()).matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].at(-1)?.[1];
const mediaGoesOn = async (): Promise<void> => {
  const before = await newestPart();
  await expect.poll(newestPart, { timeout: 60_000 }).not.toBe(before);
};

describe("through the node's own socket", () => {
  withPage();

  it(
    "goes live, is seen to be live in the room, and ends when it says so",
    { timeout: 240_000 },
    async () => {
      const viewer = await TestPeer.connect(nodeSignal);
      try {
        await viewer.join(stream.id, "viewer");
        expect(await joinRoom(page, { url: nodeSignal, stream: stream.id, credential: key() })).toMatchObject(
          {
            type: "joined",
            peers: expect.arrayContaining([expect.objectContaining({ role: "node" })]),
          },
        );
        await connected();
        await viewer.next("presence", ({ live, publishers }) => live && publishers === 1);
        await expect.poll(playlist, { timeout: 60_000 }).toContain("#EXT-X-PART:");
        await mediaGoesOn();
        await endPublishing(page);
        await viewer.next("presence", ({ live }) => !live);
      } finally {
        await viewer.close();
      }
    },
  );

  it("comes back on another socket as the same stream: an ICE restart", { timeout: 240_000 }, async () => {
    await joinRoom(page, { url: nodeSignal, stream: stream.id, credential: key() });
    await connected();
    await expect.poll(playlist, { timeout: 60_000 }).toContain("#EXT-X-PART:");
    const { localUfrag } = await publishingState(page);
    // Without its socket the connection goes on.
    await leaveSocket(page);
    await mediaGoesOn();
    await offerAgain(page);
    await joinRoom(page, { url: nodeSignal, stream: stream.id, credential: key() });
    await expect
      .poll(async () => (await publishingState(page)).heard.filter(({ type }) => type === "answer"), {
        timeout: 60_000,
      })
      .toHaveLength(2);
    await expect.poll(async () => (await publishingState(page)).localUfrag).not.toBe(localUfrag);
    await connected();
    await mediaGoesOn();
    expect(await playlist()).not.toContain("#EXT-X-DISCONTINUITY\n");
  });

  it("its creator's login is as good as the key; another's, and a wrong key, are not", async () => {
    const join = (credential: object) => joinRoom(page, { url: nodeSignal, stream: stream.id, credential });
    expect(await join({ kind: "stream-key", key: "ts_wrong" })).toMatchObject({ code: "credential-invalid" });
    const other = await login(system.node.url, await account("//Bob"));
    expect(await join({ kind: "login", token: other })).toMatchObject({ code: "credential-invalid" });
    expect(await join({ kind: "login", token })).toMatchObject({ type: "joined" });
  });
});

describe("without a browser", () => {
  it("an ended stream puts everybody out of its room", async () => {
    const viewer = await TestPeer.connect(nodeSignal);
    try {
      await viewer.join(stream.id, "viewer");
      await fetch(`${system.node.url}/api/streams/${stream.id}/end`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
      expect(await viewer.next("closing")).toMatchObject({ code: "stream-ended", stream: stream.id });
      viewer.send({ type: "join-stream", stream: stream.id, role: "viewer" });
      expect(await viewer.next("error")).toMatchObject({ code: "stream-unknown" });
    } finally {
      await viewer.close();
    }
  });

  it("the API tells the TURN server, with credentials that expire", async () => {
    const response = await fetch(`${system.node.url}/api/ice-servers`);
    expect(await response.json()).toEqual({
      iceServers: [
        {
          urls: ["turn:turn.example:3478?transport=udp"],
          username: expect.stringMatching(/^\d{10}:[0-9a-f]{16}$/),
          credential: expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/),
        },
      ],
      expiresAt: expect.any(String),
    });
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("the API tells servers beside the node who may join, and why not", async () => {
    const ask = async (change: object): Promise<number> => {
      const nonce = `0x${"00".repeat(32)}`;
      const asked = { stream: stream.id, role: "publisher", nonce, host: "signal.example", ...change };
      const response = await fetch(`${system.node.url}/api/signal/join`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(asked),
      });
      return response.status;
    };
    expect(await ask({ credential: key() })).toBe(204);
    expect(await ask({ role: "viewer" })).toBe(204);
    expect(await ask({})).toBe(401);
    expect(await ask({ credential: { kind: "stream-key", key: "ts_wrong" } })).toBe(401);
    expect(await ask({ stream: "999", credential: key() })).toBe(404);
    expect(await ask({ role: "node" })).toBe(400);
  });
});

describe.skipIf(redisProgram === undefined)("through a server beside the node (needs redis-server)", () => {
  let beside: Program;
  let url: string;

  withPage();
  beforeAll(async () => {
    const command = inRepository("apps/cli/bin/tickstream.cjs");
    // prettier-ignore
    const options = ["--port", "0", "--node", system.node.url, "--redis-url", redis?.url ?? "", "--verbose"];
    beside = startProgram(process.execPath, [command, "signaling", ...options]);
    const [, port] = await beside.waitFor(/signaling at ws:\/\/127\.0\.0\.1:(\d+)\/signal/);
    await beside.waitFor(/shared through Redis/);
    url = `ws://127.0.0.1:${port}/signal`;
  });
  afterAll(async () => {
    expect(await beside?.stop("SIGTERM")).toBe(0);
  });

  it(
    "the offer finds its node, and the node's word on who may publish holds",
    { timeout: 240_000 },
    async () => {
      const join = (credential: object) => joinRoom(page, { url, stream: stream.id, credential });
      expect(await join({ kind: "stream-key", key: "ts_wrong" })).toMatchObject({
        code: "credential-invalid",
      });
      expect(await join(key())).toMatchObject({ type: "joined" });
      await connected();
      await expect.poll(playlist, { timeout: 60_000 }).toContain("#EXT-X-PART:");
      const viewer = await TestPeer.connect(nodeSignal);
      try {
        await viewer.join(stream.id, "viewer");
        await viewer.next("presence", ({ live, publishers }) => live && publishers === 1);
        // Media does not pass through it: it may go.
        await leaveSocket(page);
        await viewer.next("presence", ({ publishers }) => publishers === 0);
        await mediaGoesOn();
      } finally {
        await viewer.close();
      }
    },
  );
});
