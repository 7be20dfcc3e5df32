// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bindingRequest, UdpPeer } from "../testing/stun-client.ts";
import { createIceLite, type IceLite, type IceLiteSession } from "./ice-lite.ts";
import { isIntact, parseBindingRequest, writeBindingSuccess } from "./stun.ts";

const SUCCESS = 0x0101;
const ERROR = 0x0111;
/** The first byte of DTLS. */
const MEDIA = Buffer.of(22, 1, 2, 3);

let agent: IceLite;
let peers: UdpPeer[];
let session: IceLiteSession;
let received: Buffer[];

beforeEach(async () => {
  agent = await createIceLite({ portMin: 0, portMax: 0, bindAddress: "127.0.0.1" });
  peers = [];
  received = [];
  session = await agent.open({ onPacket: (packet) => received.push(Buffer.from(packet)) });
});
afterEach(async () => {
  await Promise.all([agent.stop(), ...peers.map((peer) => peer.close())]);
});

async function peer(): Promise<UdpPeer> {
  const opened = await UdpPeer.open();
  peers.push(opened);
  return opened;
}

const check = (options: { useCandidate?: boolean; controlled?: boolean; password?: string } = {}): Buffer => {
  const { ufrag, pwd } = session.credentials;
  return bindingRequest({ username: `${ufrag}:them`, password: pwd, ...options });
};

describe("a peer that knows the password", () => {
  test("is answered with its own address, and then heard and spoken to", async () => {
    const client = await peer();
    expect(session.send(MEDIA)).toBe(false);
    await client.send(check(), agent.port);
    const answer = await client.next();
    expect(answer.readUInt16BE(0)).toBe(SUCCESS);
    expect(answer.readUInt16BE(26) ^ 0x2112).toBe(client.port);
    expect(session.remoteAddress).toBe("127.0.0.1");

    await client.send(MEDIA, agent.port);
    await expect.poll(() => received).toEqual([MEDIA]);
    expect(session.send(MEDIA)).toBe(true);
    expect(await client.next()).toEqual(MEDIA);
  });

  test("may not take itself for the controlled side", async () => {
    const client = await peer();
    await client.send(check({ controlled: true }), agent.port);
    const answer = await client.next();
    expect(answer.readUInt16BE(0)).toBe(ERROR);
    expect(answer.toString("latin1")).toContain("Role Conflict");
    expect(session.send(MEDIA)).toBe(false);
  });

  test("is followed to the path that it chooses", async () => {
    const [first, second] = [await peer(), await peer()];
    await first.send(check(), agent.port);
    await first.next();
    await second.send(check(), agent.port);
    await second.next();
    session.send(MEDIA);
    expect(await first.next()).toEqual(MEDIA);
    await second.send(check({ useCandidate: true }), agent.port);
    await second.next();
    session.send(MEDIA);
    expect(await second.next()).toEqual(MEDIA);
  });

  test("has a bounded number of paths", async () => {
    const clients = await Promise.all(Array.from({ length: 40 }, peer));
    for (const client of clients) await client.send(check(), agent.port);
    await expect.poll(() => clients.filter(({ waiting }) => waiting > 0).length).toBe(32);
  });
});

describe("a peer that does not", () => {
  test("gets no answer, and is not heard", async () => {
    const [stranger, client] = [await peer(), await peer()];
    await stranger.send(check({ password: "x".repeat(24) }), agent.port);
    await stranger.send(bindingRequest({ username: "nobody:them", password: "x".repeat(24) }), agent.port);
    await stranger.send(MEDIA, agent.port);
    for (let length = 0; length < 64; length++) {
      await stranger.send(Buffer.from(check().subarray(0, length)), agent.port);
    }
    // What was sent before has been dealt with when this is answered.
    await client.send(check(), agent.port);
    await client.next();
    expect(stranger.waiting).toBe(0);
    expect(received).toEqual([]);
  });
});

describe("an ICE restart", () => {
  test("keeps the old path until the new credentials are used", async () => {
    const [before, after] = [await peer(), await peer()];
    await before.send(check({ useCandidate: true }), agent.port);
    await before.next();
    const old = check({ useCandidate: true });
    const { ufrag } = session.credentials;
    expect(session.restart().ufrag).not.toBe(ufrag);

    await before.send(old, agent.port);
    expect((await before.next()).readUInt16BE(0)).toBe(SUCCESS);
    session.send(MEDIA);
    expect(await before.next()).toEqual(MEDIA);

    await after.send(check({ useCandidate: true }), agent.port);
    await after.next();
    session.send(MEDIA);
    expect(await after.next()).toEqual(MEDIA);
    // The old credentials, and the path that they opened, are worth nothing now.
    await before.send(old, agent.port);
    await before.send(MEDIA, agent.port);
    await after.send(MEDIA, agent.port);
    await expect.poll(() => received.length).toBe(1);
    expect(before.waiting).toBe(0);
  });

  test("from the port of before goes on: browsers check the new credentials from there as well", async () => {
    const client = await peer();
    await client.send(check({ useCandidate: true }), agent.port);
    await client.next();
    session.restart();
    await client.send(check({ useCandidate: true }), agent.port);
    expect((await client.next()).readUInt16BE(0)).toBe(SUCCESS);
    await client.send(MEDIA, agent.port);
    await expect.poll(() => received).toEqual([MEDIA]);
  });

  test("again and again leaves two generations", () => {
    const seen = new Set(Array.from({ length: 50 }, () => session.restart().ufrag));
    expect(seen.size).toBe(50);
  });
});

test("a closed session is forgotten", async () => {
  const client = await peer();
  await client.send(check(), agent.port);
  await client.next();
  const other = await agent.open({ onPacket: () => undefined });
  session.close();
  await client.send(check(), agent.port);
  await client.send(MEDIA, agent.port);
  session = other;
  await client.send(check(), agent.port);
  await client.next();
  expect([client.waiting, received.length, agent.sessions]).toEqual([0, 0, 1]);
});

test("ports are looked for in the range that is set", async () => {
  const range = { portMin: agent.port, portMax: agent.port, bindAddress: "127.0.0.1" };
  await expect(createIceLite(range)).rejects.toMatchObject({ code: "port-unavailable" });
  const next = await createIceLite({ ...range, portMax: Math.min(65_535, agent.port + 50) });
  expect(next.port).toBeGreaterThan(agent.port);
  await next.stop();
});

describe("RFC 5769's vectors", () => {
  const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
  const TRANSACTION = Buffer.from("b7e7a701bc34d686fa87dfae", "hex");

  test("the request", () => {
    const request = Buffer.from(
      "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff" +
        "80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249" +
        "c1b571a280280004e57a3bcf",
      "hex",
    );
    const parsed = parseBindingRequest(request);
    expect(parsed).toMatchObject({ username: "evtj:h6vY", controlled: true, useCandidate: false });
    expect(parsed !== undefined && isIntact(request, parsed, PASSWORD)).toBe(true);
    expect(parsed !== undefined && isIntact(request, parsed, `${PASSWORD}x`)).toBe(false);
  });

  test.each([
    ["192.0.2.1", "0001a147e112a643"],
    ["2001:db8:1234:5678:11:2233:4455:6677", "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"],
  ])("the address %s in an answer", (address, value) => {
    const answer = writeBindingSuccess(TRANSACTION, address, 32_853, PASSWORD).toString("hex");
    expect(answer.slice(48)).toMatch(new RegExp(`^${value}`));
  });
});
