// SPDX-License-Identifier: Apache-2.0
// The node's side of a room, in a real signaling server; what accepts publishers is a double that tells what it was told.
import { TickstreamError } from "@tickstream/contracts-types";
import { startSignaling, TestPeer, type TestSignaling } from "@tickstream/signaling/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NodePeer, type AcceptedPublisher } from "./node-peer.ts";

const STREAM = "7";
const CONNECTION = "c".repeat(16);

/** A publisher's connection as an ingest would keep it. */
class AcceptedDouble implements AcceptedPublisher {
  readonly answer: string;
  readonly candidates: string[] = [];
  readonly #ended = Promise.withResolvers<TickstreamError | undefined>();
  readonly closed = this.#ended.promise;
  closes = 0;

  constructor(offer: string) {
    this.answer = `answer to ${offer}`;
  }

  addCandidate(candidate: string): void {
    this.candidates.push(candidate);
  }

  async restart(offer: string): Promise<string> {
    if (offer === "nonsense") throw new TickstreamError("sdp-invalid", "This is no offer.");
    return `restarted by ${offer}`;
  }

  close(reason?: TickstreamError): void {
    this.closes++;
    this.#ended.resolve(reason);
  }
}

let signaling: TestSignaling;
let node: NodePeer;
let accepted: AcceptedDouble[];
let gate: Promise<void>;
let refusal: Error | null;
const peers: TestPeer[] = [];
const faults: unknown[] = [];

beforeEach(async () => {
  signaling = await startSignaling();
  accepted = [];
  gate = Promise.resolve();
  refusal = null;
  node = new NodePeer({
    enter: (handlers) => signaling.server.localPeer(STREAM, handlers),
    async accept(offer) {
      await gate;
      if (refusal) throw refusal;
      const publisher = new AcceptedDouble(offer);
      accepted.push(publisher);
      return publisher;
    },
    onFault: (error) => faults.push(error),
  });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.close();
  node.leave();
  await signaling.stop();
  expect(faults.splice(0)).toEqual([]);
});

const join = async (role: "publisher" | "viewer" = "publisher"): Promise<TestPeer> => {
  const peer = await TestPeer.connect(signaling.url);
  peers.push(peer);
  await peer.join(STREAM, role);
  return peer;
};
const offer = (peer: TestPeer, sdp: string, connection = CONNECTION): void =>
  peer.send({ type: "offer", stream: STREAM, connection, sdp });
const candidate = (peer: TestPeer, text: string): void =>
  peer.send({ type: "ice-candidate", stream: STREAM, connection: CONNECTION, candidate: text, mid: "0" });

test("an offer is answered; candidates that came before and after reach the connection", async () => {
  const open = Promise.withResolvers<void>();
  gate = open.promise;
  const publisher = await join();
  offer(publisher, "offer 1");
  candidate(publisher, "early");
  open.resolve();
  expect(await publisher.next("answer")).toMatchObject({ connection: CONNECTION, sdp: "answer to offer 1" });
  candidate(publisher, "late");
  await expect.poll(() => accepted[0]?.candidates).toEqual(["early", "late"]);
});

test("an offer of the same connection restarts it, also from another socket; a bad one leaves it as it was", async () => {
  const publisher = await join();
  offer(publisher, "offer 1");
  await publisher.next("answer");
  offer(publisher, "nonsense");
  expect(await publisher.next("error")).toMatchObject({ code: "offer-refused", reason: "sdp-invalid" });
  await publisher.close();
  const back = await join();
  offer(back, "offer 2");
  expect(await back.next("answer")).toMatchObject({ sdp: "restarted by offer 2" });
  expect(accepted).toHaveLength(1);
  // It is told where it is now.
  accepted[0]?.close(new TickstreamError("webrtc-timeout", "No packet came for too long."));
  expect(await back.next("connection-state")).toMatchObject({
    state: "closed",
    reason: "No packet came for too long.",
  });
  offer(back, "offer 3");
  expect(await back.next("answer")).toMatchObject({ sdp: "answer to offer 3" });
});

test("a socket that goes takes no connection with it; `closed` ends one, also while it is being answered", async () => {
  const publisher = await join();
  offer(publisher, "offer 1");
  await publisher.next("answer");
  const other = await join();
  await publisher.close();
  const open = Promise.withResolvers<void>();
  gate = open.promise;
  offer(other, "offer 2", "d".repeat(16));
  other.send({ type: "connection-state", stream: STREAM, connection: CONNECTION, state: "closed" });
  await expect.poll(() => accepted[0]?.closes).toBe(1);
  other.send({ type: "connection-state", stream: STREAM, connection: "d".repeat(16), state: "closed" });
  offer(other, "offer 3", "e".repeat(16));
  // One socket's messages are taken in their order: what follows them came through.
  await other.join("8", "viewer");
  open.resolve();
  expect(await other.next("answer")).toMatchObject({ connection: "e".repeat(16) });
  await expect.poll(() => accepted[1]?.closes).toBe(1);
});

test("a refusal says why; what nobody expected is told to nobody", async () => {
  const publisher = await join();
  refusal = new TickstreamError("webrtc-unavailable", "This node can't take part in WebRTC.");
  offer(publisher, "offer 1");
  expect(await publisher.next("error")).toMatchObject({
    code: "offer-refused",
    reason: "webrtc-unavailable",
    message: "This node can't take part in WebRTC.",
    connection: CONNECTION,
  });
  refusal = new Error("secret");
  offer(publisher, "offer 2");
  expect(await publisher.next("error")).toMatchObject({
    reason: "internal",
    message: expect.not.stringContaining("secret"),
  });
  await expect.poll(() => faults.splice(0)).toEqual([refusal]);
});

test("viewers publish nothing, whatever they send", async () => {
  const publisher = await join();
  offer(publisher, "offer 1");
  await publisher.next("answer");
  const viewer = await join("viewer");
  offer(viewer, "offer 2");
  expect(await viewer.next("error")).toMatchObject({ code: "offer-refused", reason: "not-a-publisher" });
  offer(viewer, "offer 3", "d".repeat(16));
  await viewer.next("error");
  viewer.send({ type: "connection-state", stream: STREAM, connection: CONNECTION, state: "closed" });
  offer(publisher, "offer 4");
  expect(await publisher.next("answer")).toMatchObject({ sdp: "restarted by offer 4" });
  expect(accepted).toHaveLength(1);
});

test("connections at a time are bounded", async () => {
  const publisher = await join();
  const name = (i: number): string => `connection-number-${i}`;
  for (let i = 0; i < 16; i++) offer(publisher, "offer", name(i));
  for (let i = 0; i < 16; i++) await publisher.next("answer");
  offer(publisher, "offer", name(16));
  expect(await publisher.next("error")).toMatchObject({ reason: "too-many-connections" });
  accepted[0]?.close();
  await publisher.next("connection-state");
  offer(publisher, "offer", name(16));
  await publisher.next("answer");
});

test("live or not is the room's to know; a stream that ends puts everybody out", async () => {
  const viewer = await join("viewer");
  node.setLive(true);
  await viewer.next("presence", ({ live }) => live);
  node.end();
  expect(await viewer.next("closing")).toMatchObject({ code: "stream-ended" });
});

test("where another node ends the stream for itself, this one stays, and stays live", async () => {
  node.setLive(true);
  const other = signaling.server.localPeer(STREAM, { received: () => {}, closed: () => {} });
  const viewer = await join("viewer");
  other.close();
  await viewer.next("closing");
  expect(await viewer.join(STREAM, "viewer")).toMatchObject({ live: true, peers: [{ role: "node" }] });
});
