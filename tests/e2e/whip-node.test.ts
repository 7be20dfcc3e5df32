// SPDX-License-Identifier: Apache-2.0
// WHIP on a whole node: with the key that its API gave, and with the servers that help publishers to reach it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOnNode, login } from "../support/money/creator.ts";
import { account } from "../support/money/raw-chain.ts";
import { startSystem, type TestSystem } from "../support/system/system.ts";
import { whipOffer } from "../support/media/whip-offer.ts";

let system: TestSystem;
beforeAll(async () => {
  system = await startSystem({
    node: {
      stunUrls: "stun:stun.example:3478",
      turnUrls: "turn:turn.example:3478",
      turnSecret: "north wind",
    },
  });
}, 180_000);
afterAll(() => system?.stop());

const post = (path: string, key: string): Promise<Response> =>
  fetch(`${system.node.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization: `Bearer ${key}` },
    body: whipOffer(),
  });

test("takes a stream's key, and names TURN servers with credentials", { timeout: 60_000 }, async () => {
  const token = await login(system.node.url, await account("//Alice"));
  const stream = await createOnNode(system.node.url, token, { title: "By WHIP", free: true });
  expect((await post("/whip", "ts_nobody")).status).toBe(401);
  const response = await post("/whip", stream.streamKey);
  expect([response.status, await response.text()]).toEqual([201, expect.stringContaining("a=ice-lite")]);
  const links = response.headers.get("link") ?? "";
  expect(links).toContain('<stun:stun.example:3478>; rel="ice-server"');
  expect(links).toMatch(
    /<turn:turn\.example:3478>; rel="ice-server"; username="\d+:[^"]+"; credential="[^"]+"; credential-type="password"/,
  );
  expect((await post(`/whip/${stream.id}`, stream.streamKey)).status).toBe(409);
  const session = new URL(response.headers.get("location") ?? "", response.url);
  const deleted = await fetch(session, {
    method: "DELETE",
    headers: { authorization: `Bearer ${stream.streamKey}` },
  });
  expect(deleted.status).toBe(200);
  const told = (await (await fetch(`${system.node.url}/api/node`)).json()) as { ingest: { whip: string } };
  expect(told.ingest.whip).toBe("/whip");
});
