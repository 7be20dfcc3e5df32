// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { keyHash, planck, streamId, type KeysMessage } from "@tickstream/contracts-types";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../tests/support/system/postgres.ts";
import { parseConfig } from "./config/load-config.ts";
import { assembleMediaNode } from "./media-node.ts";
import { pair, startApiNode, type ApiNode } from "./testing/api-node.ts";
import { OPERATOR } from "./testing/chain-double.ts";
import { startEncoder } from "./testing/encoder.ts";
import type { NodeChainDouble } from "./testing/node-chain-double.ts";
import { PayPeer } from "./testing/pay-peer.ts";
import { STREAM, TestViewer } from "./testing/viewer.ts";
import { eventually } from "./testing/eventually.ts";

let postgres: TestPostgres;
let databaseUrl: string;
let chain: NodeChainDouble;
let api: ApiNode;
let apps: string;
const alice = pair("//Alice");

beforeAll(async () => {
  postgres = await startTestPostgres();
  apps = await mkdtemp(path.join(os.tmpdir(), "tickstream-apps-"));
  await mkdir(path.join(apps, "assets"));
  await mkdir(path.join(apps, "dev-wallet"));
  await writeFile(path.join(apps, "index.html"), "<title>Tickstream</title>");
  await writeFile(path.join(apps, "assets/app-1.js"), "1");
  await writeFile(path.join(apps, "dev-wallet/inject.js"), "1");
});
afterAll(async () => {
  await postgres.stop();
  await rm(apps, { recursive: true });
});
beforeEach(async () => {
  databaseUrl = await postgres.createDatabase();
  api = await startApiNode(databaseUrl, { appsDir: apps });
  ({ chain } = api);
});
afterEach(() => api.stop());

const call: ApiNode["call"] = (route, init) => api.call(route, init);
const payUrl = (): string => `ws://127.0.0.1:${api.node.httpPort}/pay`;

/** By any key of a wallet, which signs the challenge plain or wrapped. */
const login = async (pair: KeyringPair, wrap = true): Promise<void> => {
  const { challenge } = (await call("/api/auth/challenge", { body: { address: pair.address } })).body;
  const signature = `0x${Buffer.from(pair.sign(wrap ? `<Bytes>${challenge}</Bytes>` : challenge)).toString("hex")}`;
  const answer = await call("/api/auth/login", { body: { address: pair.address, challenge, signature } });
  expect(answer.status).toBe(200);
  // Good once.
  expect(
    (await call("/api/auth/login", { body: { address: pair.address, challenge, signature } })).status,
  ).toBe(401);
};

describe("REST", () => {
  test("login by any kind of wallet key; wrong signatures, used and foreign challenges are refused", async () => {
    await login(alice);
    await login(alice, false);
    for (const type of ["ed25519", "ecdsa"] as const) {
      const bob = new Keyring({ type }).addFromUri("//Bob");
      // An ecdsa address is the hash of its key, which is what these 32 bytes are.
      await login(bob);
    }
    const { challenge } = (await call("/api/auth/challenge", { body: { address: alice.address } })).body;
    expect(challenge).toContain(`127.0.0.1:${api.node.httpPort}`);
    const bob = pair("//Bob");
    const signature = `0x${Buffer.from(bob.sign(challenge)).toString("hex")}`;
    const wrong = await call("/api/auth/login", { body: { address: alice.address, challenge, signature } });
    expect([wrong.status, wrong.body.error.code]).toEqual([401, "signature-invalid"]);
    const made = await call("/api/auth/login", {
      body: { address: alice.address, challenge: "x", signature },
    });
    expect(made.body.error.code).toBe("challenge-invalid");
    expect((await call("/api/streams/mine", { token: "a.b.c" })).body.error.code).toBe("token-invalid");
    expect((await call("/api/streams/mine")).body.error.code).toBe("login-needed");
  });

  test("streams: create, list, get, rotate the key, end, create again", async () => {
    const { token, streamKey } = await api.createPaid();
    expect(streamKey).toMatch(/^ts_[a-z2-7]{32}$/);
    const stream = (await call("/api/streams/7")).body;
    expect(stream).toMatchObject({
      id: "7",
      title: "Live",
      rate: "10",
      terms: 1,
      state: "offline",
      pay: "/pay",
    });
    expect(stream.creator).toBe(alice.address);
    expect(JSON.stringify(stream)).not.toContain("ecret");
    expect((await call("/api/streams/mine", { token })).body.streams).toHaveLength(1);
    expect((await call("/api/streams/live")).body).toEqual({ streams: [], next: null });
    const again = await call("/api/streams", { token, body: { title: "x", chainStream: "7" } });
    expect([again.status, again.body.error.code]).toEqual([409, "stream-exists"]);
    const rotated = (await call("/api/streams/7/key", { token, raw: "" })).body;
    expect(rotated.streamKey).not.toBe(streamKey);
    const free = (await call("/api/streams", { token, body: { title: "Free", free: true } })).body;
    expect(free.stream).toMatchObject({ rate: "0", terms: null, pay: null });
    expect(free.stream.id).toMatch(/^f[a-z2-7]{12}$/);

    const bob = await api.login("//Bob");
    expect((await call("/api/streams/7/end", { token: bob, raw: "" })).body.error.code).toBe("not-creator");
    const theirs = await call("/api/streams", { token: bob, body: { title: "x", chainStream: "7" } });
    expect(theirs.body.error.code).toBe("not-creator");
    const missing = await call("/api/streams", { token, body: { title: "x", chainStream: "8" } });
    expect(missing.body.error.code).toBe("stream-not-on-chain");
    expect((await call("/api/streams/7/end", { token, raw: "" })).body.state).toBe("ended");
    expect((await call("/api/streams/7")).body.state).toBe("ended");
    expect((await call("/api/streams/7/key", { token, raw: "" })).body.error.code).toBe("stream-ended");
    expect((await call("/api/streams", { token, body: { title: "Anew", chainStream: "7" } })).status).toBe(
      201,
    );
  });

  test("nonsense gets a typed answer", async () => {
    const { token } = await api.createPaid();
    const code = async (route: string, init?: Parameters<typeof call>[1]): Promise<[number, string]> => {
      const { status, body } = await call(route, init);
      return [status, body.error.code];
    };
    expect(await code("/api/streams", { token, raw: "{" })).toEqual([400, "request-invalid"]);
    expect(await code("/api/streams", { token, raw: `"${"x".repeat(20_000)}"` })).toEqual([
      413,
      "request-invalid",
    ]);
    expect(await code("/api/streams", { token, body: { title: "" } })).toEqual([400, "api-body-invalid"]);
    expect(await code("/api/streams/../x")).toEqual([404, "not-found"]);
    expect(await code("/api/streams/%ff")).toEqual([400, "request-invalid"]);
    expect(await code("/api/streams/9")).toEqual([404, "stream-not-found"]);
    expect(await code("/api/auth/challenge", { body: { address: "nobody" } })).toEqual([
      400,
      "address-invalid",
    ]);
    expect(await code("/api/nothing")).toEqual([404, "not-found"]);
    chain.setReachable(false);
    expect(await code("/api/streams", { token, body: { title: "x", chainStream: "8" } })).toEqual([
      503,
      "chain-unreachable",
    ]);
  });

  test("health, node, metrics, and the web app with its headers", async () => {
    expect((await call("/health")).body).toMatchObject({
      status: "ok",
      chain: { head: 1_000, finalized: 998 },
    });
    chain.setReachable(false);
    expect((await call("/health")).body).toMatchObject({
      status: "degraded",
      chain: { state: "disconnected" },
    });
    expect((await call("/api/node")).body).toMatchObject({
      openFee: "50",
      dev: false,
      token: { symbol: "UNIT", decimals: 12 },
    });
    expect(String((await call("/metrics")).body)).toContain("tickstream_pay_connections 0");
    const page = await call("/watch/7");
    expect(String(page.body)).toContain("Tickstream");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect((await call("/assets/app-1.js")).headers.get("cache-control")).toContain("immutable");
    expect((await call("/assets/none.js")).status).toBe(404);
    expect((await call("/dev-wallet/inject.js")).status).toBe(404);
  });
});

test("a taken port is named, and nothing is left behind", async () => {
  const { httpPort } = api.node;
  const config = parseConfig({ databaseUrl, chainUrl: "ws://x", host: "127.0.0.1", httpPort, rtmpPort: 0 });
  const other = { ...config, databaseUrl: await postgres.createDatabase() };
  const options = { chain, operator: OPERATOR, log: pino({ level: "silent" }), onFatal() {} };
  await expect(assembleMediaNode({ ...options, config: other })).rejects.toThrow(`HTTP port ${httpPort}`);
  // Its database is free again.
  const next = await assembleMediaNode({ ...options, config: { ...other, httpPort: 0 } });
  await next.stop();
});

test(
  "the first paid second: RTMP in, a key for a tick, ciphertext out; a restart goes on",
  { timeout: 60_000 },
  async () => {
    const { token, streamKey } = await api.createPaid();
    const viewer = new TestViewer();
    chain.setTab(viewer.tab, viewer.sessionKey);
    let encoder = startEncoder(api.node.rtmpPort, streamKey);
    try {
      const state = async (): Promise<string> => (await call("/api/streams/7")).body.state;
      await eventually(state, { timeout: 10_000 }).toBe("live");
      const peer = await PayPeer.connect(payUrl());
      const terms = await peer.ask({ type: "watch", stream: streamId(7n), preview: [] }, "terms");
      expect(terms.rate).toBe(planck(10n));
      const payer = viewer.commit();
      const { commitment, signature } = payer;
      await peer.ask({ type: "open", commitment, signature } as never, "opened");
      const edge = terms.edge!;
      peer.send({ type: "tick", channel: payer.channel, ...payer.tick(1, [edge]) } as never);
      // In between the node tells that the chain has the channel.
      const keys = (): KeysMessage | undefined => peer.received.find((message) => message.type === "keys");
      await eventually(keys).toBeDefined();
      const [key] = keys()!.keys;
      expect(key?.epoch).toBe(edge);
      const playlist = String((await call("/live/7/index.m3u8")).body);
      const [, first, hashes] = /KEYHASHES:FIRST=(\d+),HASHES="([^"]*)"/.exec(playlist)!;
      const published = hashes!.split(",")[edge - Number(first)];
      expect(Buffer.from(published!, "base64url")).toEqual(Buffer.from(keyHash(key!.key)));
      expect((await call("/api/streams/live")).body.streams).toMatchObject([{ id: "7", viewers: 1 }]);
      const stats = (await call("/api/streams/7/stats", { token })).body;
      expect(stats.earnings).toMatchObject({ ticksSold: 1, pending: "10", settled: "0" });
      expect((await call("/api/streams/7/stats")).body.earnings).toBeUndefined();

      const began = performance.now();
      await api.stop();
      expect(performance.now() - began).toBeLessThan(2_000);
      expect((await peer.closed).code).toBe(4503);
      await encoder.stop();
      api = await startApiNode(databaseUrl, { appsDir: apps }, chain);
      encoder = startEncoder(api.node.rtmpPort, streamKey);
      await eventually(state, { timeout: 10_000 }).toBe("live");
      const later = await PayPeer.connect(payUrl());
      const again = await later.ask({ type: "watch", stream: streamId(7n), preview: [] }, "terms");
      expect(again.edge).toBeGreaterThan(edge);
      const { nonce: _, ...resume } = payer.resume(1, again.nonce);
      expect((await later.ask({ type: "resume", ...resume } as never, "opened")).bought).toEqual([
        [edge, edge],
      ]);
      later.close();
    } finally {
      await encoder.stop();
    }
  },
);

test(
  "database down: health says so, nothing is sold; it goes on by itself",
  { timeout: 60_000 },
  async () => {
    const { streamKey } = await api.createPaid();
    const viewer = new TestViewer();
    chain.setTab(viewer.tab, viewer.sessionKey);
    const encoder = startEncoder(api.node.rtmpPort, streamKey);
    try {
      const edge = await new Promise<number>((resolve) => {
        api.node.streams.find(STREAM)?.onEdge((epoch) => epoch !== null && resolve(epoch));
      });
      const peer = await PayPeer.connect(payUrl());
      const payer = viewer.commit();
      const { commitment, signature } = payer;
      await peer.ask({ type: "open", commitment, signature } as never, "opened");
      const tick = { type: "tick", channel: payer.channel, ...payer.tick(1, [edge]) } as never;
      const has = (type: string) => () => peer.received.some((message) => message.type === type);
      await postgres.pause();
      peer.send(tick);
      await eventually(has("refused")).toBe(true);
      expect(peer.received.find((message) => message.type === "refused")).toMatchObject({
        code: "recovering",
      });
      expect(await call("/health")).toMatchObject({ status: 503, body: { status: "degraded" } });
      const denied = await call("/api/streams/9");
      expect([denied.status, denied.body.error.code]).toEqual([503, "recovering"]);
      await postgres.resume();
      await eventually(async () => (await call("/health")).body.status).toBe("ok");
      const sold = async (): Promise<boolean> => {
        peer.send(tick);
        await eventually(() => peer.received.length).toBeGreaterThan(0);
        return has("keys")();
      };
      await eventually(sold, { interval: 200, timeout: 5_000 }).toBe(true);
      expect(chain.sent.filter(({ kind }) => kind === "open")).toHaveLength(1);
      peer.close();
    } finally {
      await postgres.resume();
      await encoder.stop();
    }
  },
);
