// SPDX-License-Identifier: Apache-2.0
// The HTTP side of WHIP as RFC 9725 has it: every status, header and limit.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startStreamingNode, type StreamingNode } from "../support/system/streaming-node.ts";
import { whipFragment, whipOffer } from "../support/media/whip-offer.ts";

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";

let node: StreamingNode;
beforeEach(async () => {
  node = await startStreamingNode({
    ids: ["demo", "other"],
    webrtc: { limits: { maxPublishers: 2, connectMs: 60_000 } },
  });
});
afterEach(() => node.stop());

interface Ask {
  method?: string;
  url?: string;
  token?: string | null;
  type?: string | null;
  body?: string;
  match?: string;
}

/** A POST of a good offer, unless said otherwise. */
function ask({
  method = "POST",
  url,
  token = "key-demo",
  type = SDP,
  body,
  match,
}: Ask = {}): Promise<Response> {
  const given = body ?? (method === "POST" ? whipOffer() : undefined);
  return fetch(url ?? node.whipUrl(), {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(type === null ? {} : { "content-type": type }),
      ...(match === undefined ? {} : { "if-match": match }),
    },
    ...(given === undefined ? {} : { body: given }),
  });
}

async function codeOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.message).not.toBe("");
  return error.code;
}

async function publish(token = "key-demo"): Promise<{ session: string; etag: string; answer: string }> {
  const response = await ask({ token, url: `${node.origin}/whip` });
  expect(response.status).toBe(201);
  const session = new URL(response.headers.get("location") ?? "", response.url).href;
  return { session, etag: response.headers.get("etag") ?? "", answer: await response.text() };
}

describe("an offer", () => {
  test("is answered with a session of its own", async () => {
    const response = await ask();
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe(SDP);
    expect(response.headers.get("location")).toMatch(/^\/whip\/demo\/[\w-]{22}$/);
    expect(response.headers.get("etag")).toMatch(/^"[^"]+"$/);
    expect(response.headers.get("accept-patch")).toBe(FRAGMENT);
    // FFmpeg 9's muxer fails where it has to find the end by itself.
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(0);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const answer = await response.text();
    for (const line of [
      "a=ice-lite",
      "a=group:BUNDLE 0",
      "m=video 9 UDP/TLS/RTP/SAVPF 96",
      "a=recvonly",
      "a=rtcp-mux",
      "a=setup:active",
      "a=rtcp-fb:96 nack",
      "a=end-of-candidates",
    ]) {
      expect(answer.split("\r\n")).toContain(line);
    }
    expect(answer).toMatch(/^a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\r$/m);
    expect(answer).toMatch(/^a=candidate:1 1 udp \d+ \S+ \d+ typ host\r$/m);
    expect(node.webrtc.publishers()).toBe(1);
  });

  test("without a stream in its path goes where its key says", async () => {
    await publish("key-other");
    expect(node.streams.get("other")?.stats().publishes).toBe(1);
  });

  test.each<[string, Ask, number, string]>([
    ["without a token", { token: null }, 401, "token-missing"],
    ["with an unknown key", { token: "key-nobody" }, 401, "token-unknown"],
    ["with the key of another stream", { token: "key-other" }, 403, "token-elsewhere"],
    ["of another type", { type: "text/plain" }, 415, "content-type"],
    ["without a type", { type: null }, 415, "content-type"],
    ["that is none", { body: "hello" }, 400, "sdp-invalid"],
    ["that is empty", { body: "" }, 400, "sdp-invalid"],
    ["that wants to receive", { body: whipOffer({ direction: "recvonly" }) }, 406, "media-unsupported"],
    [
      "in a codec that can't be carried",
      { body: whipOffer({ codec: "H263/90000" }) },
      406,
      "media-unsupported",
    ],
    ["that is too large", { body: `${whipOffer()}${"a=x\r\n".repeat(20_000)}` }, 413, "body-too-large"],
  ])("%s is refused", async (_, request, status, code) => {
    const response = await ask(request);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    if (status === 401) expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(node.webrtc.publishers()).toBe(0);
    expect(node.streams.get("demo")?.stats().publishes).toBe(0);
  });

  test("with one wrong key after the other has to wait", async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 80 && !statuses.has(429); i++)
      statuses.add((await ask({ token: `key-${i}` })).status);
    expect(statuses).toEqual(new Set([401, 429]));
    expect(Number((await ask()).headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("to a stream that is published already is refused", async () => {
    await publish();
    const response = await ask();
    expect([response.status, await codeOf(response)]).toEqual([409, "stream-in-use"]);
  });

  test("to a stream that has ended is refused", async () => {
    await node.streams.get("demo")?.end();
    const response = await ask();
    expect([response.status, await codeOf(response)]).toEqual([410, "stream-ended"]);
  });

  test("beyond what the node takes is asked to come again", async () => {
    await publish("key-demo");
    await publish("key-other");
    const response = await ask();
    expect([response.status, await codeOf(response)]).toEqual([503, "webrtc-limit"]);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test.each(["GET", "PUT", "PATCH", "DELETE"])("is no %s", async (method) => {
    const response = await ask({ method, type: null });
    expect([response.status, await codeOf(response)]).toEqual([405, "method-not-allowed"]);
    expect(response.headers.get("allow")).toContain("POST");
  });
});

describe("a session", () => {
  test("ends by DELETE, once", async () => {
    const { session } = await publish();
    const deleted = await ask({ method: "DELETE", url: session, type: null });
    expect([deleted.status, await deleted.text()]).toEqual([200, ""]);
    expect(deleted.headers.get("content-length")).toBe("0");
    expect(node.webrtc.publishers()).toBe(0);
    const again = await ask({ method: "DELETE", url: session, type: null });
    expect([again.status, await codeOf(again)]).toEqual([404, "session-not-found"]);
    await publish();
  });

  test("obeys its own token only", async () => {
    const { session } = await publish();
    const statuses = await Promise.all(
      ["key-other", "key-demo2", null].map(
        async (token) => (await ask({ method: "DELETE", url: session, token, type: null })).status,
      ),
    );
    expect(statuses).toEqual([403, 403, 401]);
    expect(node.webrtc.publishers()).toBe(1);
  });

  test("takes candidates of its own ICE generation", async () => {
    const { session, etag } = await publish();
    const patch = (request: Ask): Promise<Response> =>
      ask({ method: "PATCH", url: session, type: FRAGMENT, body: whipFragment(), ...request });
    expect((await patch({ match: etag })).status).toBe(204);
    expect((await patch({ match: "*" })).status).toBe(204);
    expect((await patch({})).status).toBe(428);
    expect((await patch({ match: '"another"' })).status).toBe(412);
    expect((await patch({ match: etag, type: SDP })).status).toBe(415);
    expect((await patch({ match: etag, body: "a=end-of-candidates\r\n" })).status).toBe(400);
    expect(node.webrtc.publishers()).toBe(1);
  });

  test("restarts ICE: new credentials, a new tag, the same ports", async () => {
    const { session, etag, answer } = await publish();
    const restarted = await ask({
      method: "PATCH",
      url: session,
      type: FRAGMENT,
      match: "*",
      body: whipFragment("anew"),
    });
    expect([restarted.status, restarted.headers.get("content-type")]).toEqual([200, FRAGMENT]);
    const next = restarted.headers.get("etag") ?? "";
    expect(next).not.toBe(etag);
    const fragment = await restarted.text();
    const line = (name: string, text: string): string =>
      new RegExp(`^a=${name}:(.*)\r$`, "m").exec(text)?.[1] ?? "";
    expect(line("ice-ufrag", fragment)).not.toBe(line("ice-ufrag", answer));
    expect(line("ice-pwd", fragment)).not.toBe(line("ice-pwd", answer));
    expect(line("candidate", fragment)).toBe(line("candidate", answer));
    const trickle = { method: "PATCH", url: session, type: FRAGMENT, body: whipFragment("anew") };
    expect((await ask({ ...trickle, match: etag })).status).toBe(412);
    expect((await ask({ ...trickle, match: next })).status).toBe(204);
  });

  test("ends with its stream", async () => {
    const { session } = await publish();
    await node.streams.get("demo")?.end();
    expect((await ask({ method: "PATCH", url: session })).status).toBe(404);
    expect(node.webrtc.publishers()).toBe(0);
  });
});

test("a page of any origin may ask", async () => {
  const response = await fetch(node.whipUrl(), { method: "OPTIONS" });
  expect(response.status).toBe(204);
  expect(response.headers.get("accept-post")).toBe(SDP);
  expect(response.headers.get("access-control-allow-methods")).toContain("PATCH");
  expect(response.headers.get("access-control-allow-headers")).toContain("if-match");
  expect(response.headers.get("access-control-expose-headers")).toContain("location");
});

test("a publisher that never connects loses the stream", { timeout: 60_000 }, async () => {
  await node.stop();
  node = await startStreamingNode({ webrtc: { limits: { connectMs: 100 } } });
  const { session } = await publish();
  await expect.poll(() => node.webrtc.publishers(), { timeout: 30_000 }).toBe(0);
  expect((await ask({ method: "PATCH", url: session })).status).toBe(404);
  // Deleting what is gone already is what its publisher wants, once; another's it may not even look for.
  const end = async (token: string) =>
    (await ask({ method: "DELETE", url: session, token, type: null })).status;
  expect([await end("key-other"), await end("key-demo"), await end("key-demo")]).toEqual([404, 200, 404]);
  await publish();
});
