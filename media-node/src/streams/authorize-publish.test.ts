// SPDX-License-Identifier: Apache-2.0
// Who may publish by WHIP: asked of a whole node, by an offer that connects nothing.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startTestPostgres, type TestPostgres } from "../../../tests/support/system/postgres.ts";
import { whipOffer } from "../../../tests/support/media/whip-offer.ts";
import { startApiNode, type ApiNode } from "../testing/api-node.ts";

let postgres: TestPostgres;
let api: ApiNode;

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  api = await startApiNode(await postgres.createDatabase());
});
afterEach(() => api.stop());

/** The status and, where it failed, the code. */
async function publish(path: string, token: string): Promise<[status: number, code?: string]> {
  const response = await fetch(api.url + path, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization: `Bearer ${token}` },
    body: whipOffer({ codec: "VP9/90000" }),
  });
  if (response.ok) {
    const session = new URL(response.headers.get("location") ?? "", api.url);
    await fetch(session, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
    return [response.status];
  }
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

test("the stream key says which stream; the creator's login does where the path names it", async () => {
  const { token, streamKey } = await api.createPaid();
  expect(await publish("/whip", streamKey)).toEqual([201]);
  expect(await publish("/whip/7", streamKey)).toEqual([201]);
  expect(await publish("/whip/7", token)).toEqual([201]);
  expect(await publish("/whip", token)).toEqual([401, "token-unknown"]);
  expect(await publish("/whip/8", token)).toEqual([401, "token-unknown"]);
});

test("nobody else's login, and none that was tampered with", async () => {
  const { token } = await api.createPaid();
  expect(await publish("/whip/7", await api.login("//Bob"))).toEqual([401, "token-unknown"]);
  const [account, expires, mac] = token.split(".");
  const later = `${account}.${Number(expires) + 1}.${mac}`;
  expect(await publish("/whip/7", later)).toEqual([401, "token-unknown"]);
});
