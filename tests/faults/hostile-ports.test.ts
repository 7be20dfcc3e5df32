// SPDX-License-Identifier: Apache-2.0
// Garbage on every port: a typed refusal, the connection closed, nobody else disturbed, memory bounded.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import net from "node:net";
import { CLOSE_CODES, MAX_FRAME_BYTES } from "@tickstream/contracts-types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { HandViewer } from "../support/money/hand-viewer.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";

const UNIT = 1_000_000_000_000n;

describe("garbage on the node's ports", () => {
  let system: TestSystem;
  let stream: PaidStream;
  let encoder: Encoder;

  beforeAll(async () => {
    system = await startSystem();
    stream = await system.createStream({ creator: "//Alice", title: "Under fire", rate: UNIT / 1_000n });
    encoder = startEncoder({ url: stream.publishUrl });
    await system.untilLive(stream);
  });
  afterAll(async () => {
    await encoder?.stop();
    await system?.stop();
  });

  /** Sends bytes and resolves with what came back once the node has closed the connection. */
  const throwAt = async (port: number, bytes: Uint8Array, timeoutMs = 40_000): Promise<string> => {
    const socket = net.connect({ port, host: "127.0.0.1" });
    const answer: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => answer.push(chunk));
    socket.on("error", () => undefined); // a reset is one way of closing
    const closed = once(socket, "close", { signal: AbortSignal.timeout(timeoutMs) });
    socket.write(bytes);
    try {
      await closed;
    } finally {
      socket.destroy();
    }
    return Buffer.concat(answer).toString("latin1");
  };

  /** The stream goes on: new parts come. */
  const stillServing = async (): Promise<void> => {
    const before = await newestPart(stream.playlistUrl);
    await expect.poll(() => newestPart(stream.playlistUrl), { timeout: 10_000 }).not.toBe(before);
  };

  it("RTMP: noise, a wrong version, an endless handshake, chunks of impossible size", async () => {
    const handshake = Buffer.concat([Buffer.of(3), randomBytes(1_536), randomBytes(1_536)]);
    const hugeMessage = Buffer.from("03000000ffffff1400000000", "hex"); // fmt 0, 16 MiB of command
    const hugeChunks = Buffer.from("02000000000004010000000000000000", "hex"); // set chunk size to 0
    const throws = [
      randomBytes(64 << 10),
      Buffer.concat([Buffer.of(255), randomBytes(1_536)]),
      Buffer.concat([handshake, hugeMessage, randomBytes(256 << 10)]),
      Buffer.concat([handshake, hugeChunks, randomBytes(4_096)]),
      Buffer.concat([handshake, randomBytes(64 << 10)]),
    ];
    await Promise.all(throws.map((bytes) => throwAt(system.node.rtmpPort, bytes)));
    await stillServing();
  });

  it("HTTP: noise, an endless header, a body beyond its bound, paths that climb", async () => {
    const { httpPort, url } = system.node;
    expect(await throwAt(httpPort, randomBytes(4_096))).toMatch(/^HTTP\/1\.1 400 /);
    const long = Buffer.from(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(64 << 10)}`);
    expect(await throwAt(httpPort, long)).toMatch(/^HTTP\/1\.1 4\d\d /);
    const body = await fetch(`${url}/api/auth/challenge`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ address: "x".repeat(4 << 20) }),
    });
    expect(body.status).toBe(413);
    const broken = await fetch(`${url}/api/auth/challenge`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"address":',
    });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({
      error: { code: expect.any(String), message: expect.any(String) },
    });
    for (const path of [
      "/live/../../etc/passwd",
      "/live/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
      "/..%2f..%2fetc/passwd",
    ]) {
      const climbed = await throwAt(
        httpPort,
        Buffer.from(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
      );
      expect(climbed).not.toContain("root:");
    }
    await stillServing();
  });

  it("the pay socket: no JSON, no message, too long, binary noise, too many", async () => {
    const bystander = await HandViewer.connect(system.node.url);
    const frames: [string | Uint8Array, number][] = [
      ["no JSON", CLOSE_CODES.badMessage],
      ['{"type":"tick"}', CLOSE_CODES.badMessage],
      ['{"type":"steal"}', CLOSE_CODES.badMessage],
      [`{"type":"watch","stream":"${"9".repeat(40)}","preview":[]}`, CLOSE_CODES.badMessage],
      [`"${"x".repeat(MAX_FRAME_BYTES)}"`, CLOSE_CODES.tooLarge],
      [randomBytes(2_000), CLOSE_CODES.badMessage],
    ];
    for (const [frame, code] of frames) {
      const viewer = await HandViewer.connect(system.node.url);
      viewer.sendRaw(frame);
      expect(await viewer.closed).toMatchObject({ code });
    }
    const flood = await HandViewer.connect(system.node.url);
    for (let i = 0; i < 5_000; i++) flood.send({ type: "watch", stream: stream.id, preview: [] });
    expect(await flood.closed).toMatchObject({ code: CLOSE_CODES.tooMany });
    expect(await bystander.terms(stream.id)).toMatchObject({ rate: UNIT / 1_000n });
    await bystander.close();
    await stillServing();
  });

  it("memory stays bounded under all of it", async () => {
    const before = await residentBytes(system.node.pid);
    for (let round = 0; round < 8; round++) {
      const noise = Array.from({ length: 12 }, () => throwAt(system.node.rtmpPort, randomBytes(256 << 10)));
      const requests = Array.from({ length: 12 }, () => throwAt(system.node.httpPort, randomBytes(64 << 10)));
      await Promise.all([...noise, ...requests]);
    }
    expect((await residentBytes(system.node.pid)) - before).toBeLessThan(96 << 20);
    await stillServing();
  });
});

async function newestPart(playlistUrl: string): Promise<string | undefined> {
  const text = await (await fetch(playlistUrl)).text();
  return [...text.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].at(-1)?.[1];
}

/** What the process has in memory; measured where /proc tells. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}
