// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { askNode } from "./ask-node.ts";

const REQUEST = {
  stream: "7",
  role: "publisher" as const,
  credential: { kind: "stream-key" as const, key: "ts_key" },
  nonce: new Uint8Array(32).fill(1),
  host: "signal.example",
};
const patience = (): AbortSignal => AbortSignal.timeout(20_000);

let server = createServer();
afterEach(async () => {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

/** Something at a node's address; resolves with its URL. */
const answering = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> => {
  server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const refusing = (status: number, code: string) =>
  answering((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code, message: "A sentence." } }));
  });

test("the node gets the whole question, and its yes is a yes", async () => {
  const asked = Promise.withResolvers<unknown>();
  const url = await answering((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.resolve([request.method, request.url, JSON.parse(Buffer.concat(chunks).toString())]);
      response.writeHead(204).end();
    });
  });
  expect(await askNode(url)(REQUEST, patience())).toEqual({ ok: true });
  const nonce = `0x${"01".repeat(32)}`;
  expect(await asked.promise).toEqual(["POST", "/api/signal/join", { ...REQUEST, nonce }]);
});

test.each([
  [404, "stream-unknown"],
  [401, "credential-missing"],
  [401, "credential-invalid"],
  [503, "unavailable"],
])("its no is a no, with its reason: %i %s", async (status, code) => {
  const url = await refusing(status, code);
  expect(await askNode(url)(REQUEST, patience())).toEqual({ ok: false, code, message: "A sentence." });
});

test("what is no node's answer lets nobody in", async () => {
  const unavailable = { ok: false, code: "unavailable" };
  const html = await answering((_request, response) => response.end("<title>Welcome</title>"));
  expect(await askNode(html)(REQUEST, patience())).toMatchObject(unavailable);
  server.close();
  const moved = await answering((_request, response) => response.writeHead(302, { location: "/" }).end());
  expect(await askNode(moved)(REQUEST, patience())).toMatchObject(unavailable);
  server.close();
  const other = await refusing(429, "rate-limited");
  expect(await askNode(other)(REQUEST, patience())).toMatchObject(unavailable);
});

test("a node that is away, or does not answer in time, lets nobody in", async () => {
  const url = await answering(() => {});
  expect(await askNode(url)(REQUEST, AbortSignal.timeout(50))).toMatchObject({ code: "unavailable" });
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  expect(await askNode(url)(REQUEST, patience())).toMatchObject({ code: "unavailable" });
});
