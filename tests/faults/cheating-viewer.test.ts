// SPDX-License-Identifier: Apache-2.0
// What a viewer can take from an honest node without paying: nothing. Every message here is made by hand, as no SDK would.
import { randomBytes } from "node:crypto";
import {
  accountId,
  bytesToHex,
  type Epoch,
  type KeysMessage,
  keyHash,
  parseProtection,
  planck,
  type StreamId,
  type TermsMessage,
} from "@tickstream/contracts-types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import {
  commit,
  type HandCommitment,
  handKey,
  HandViewer,
  sessionProof,
} from "../support/money/hand-viewer.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import { type HandTab, openTabByHand } from "../support/money/tab.ts";

const UNIT = 1_000_000_000_000n;
const RATE = UNIT / 100n;

describe("a viewer that cheats", () => {
  let system: TestSystem;
  let stream: PaidStream;
  let encoder: Encoder;
  let tab: HandTab;
  const key = handKey();
  let nonce = 0;
  const sockets: HandViewer[] = [];

  beforeAll(async () => {
    // The credit before inclusion is not what is tried here: a channel may be used at once.
    system = await startSystem({ node: { creditLimit: String(1_000n * UNIT) } });
    [stream, tab] = await Promise.all([
      system.createStream({ creator: "//Alice", title: "Honest", rate: RATE }),
      openTabByHand(system.api, "//Bob", 100n * UNIT, key.publicKey),
    ]);
    encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1 });
    await system.untilLive(stream);
  });
  afterAll(async () => {
    await Promise.all(sockets.map((socket) => socket.close()));
    await encoder?.stop();
    await system?.stop();
  });

  const connect = async (): Promise<{ viewer: HandViewer; terms: TermsMessage }> => {
    const viewer = await HandViewer.connect(system.node.url);
    sockets.push(viewer);
    return { viewer, terms: await viewer.terms(stream.id) };
  };
  const fields = (): { tab: bigint; nonce: number; maxTicks: number } => ({
    tab: tab.id,
    nonce: ++nonce,
    maxTicks: 200,
  });
  const openMessage = ({ commitment, signature }: HandCommitment) => ({
    type: "open" as const,
    commitment: { ...commitment, anchor: Uint8Array.from(commitment.anchor) },
    signature: Uint8Array.from(signature),
  });
  const tickMessage = (
    { channel, chain }: HandCommitment,
    n: number,
    epochs: Epoch[],
    preimage?: Uint8Array,
  ) => ({
    type: "tick" as const,
    channel,
    n,
    preimage: Uint8Array.from(preimage ?? chain.preimage(n)),
    epochs,
  });
  const opened = async (viewer: HandViewer, terms: TermsMessage): Promise<HandCommitment> => {
    const promise = commit(key, terms, fields());
    expect(await viewer.ask(openMessage(promise), "opened", "refused")).toMatchObject({
      type: "opened",
      n: 0,
    });
    return promise;
  };
  const buy = async (viewer: HandViewer, message: ReturnType<typeof tickMessage>): Promise<KeysMessage> => {
    const answer = await viewer.ask(message, "keys", "refused");
    if (answer.type === "refused") throw new Error(`refused: ${answer.code}: ${answer.message}`);
    return answer;
  };
  const edge = (terms: TermsMessage): Epoch => {
    if (terms.edge === null) throw new Error("off air");
    return terms.edge;
  };

  it("gets the keys it pays for, and those are the published ones", async () => {
    const { viewer, terms } = await connect();
    const promise = await opened(viewer, terms);
    const epochs = [edge(terms), edge(terms) + 1];
    const { keys } = await buy(viewer, tickMessage(promise, 2, epochs));
    expect(keys.map(({ epoch }) => epoch)).toEqual(epochs);
    const { keyHashes } = parseProtection(await (await fetch(stream.playlistUrl)).text());
    for (const { epoch, key } of keys) {
      const published = keyHashes?.hashes[epoch - keyHashes.first];
      expect(bytesToHex(published ?? new Uint8Array())).toBe(bytesToHex(keyHash(key)));
    }
  });

  it("gets no further key once it stops paying", async () => {
    const { viewer, terms } = await connect();
    const promise = await opened(viewer, terms);
    const first = edge(terms);
    await buy(viewer, tickMessage(promise, 1, [first]));
    const asked = viewer.received.length;
    const refused = (message: ReturnType<typeof tickMessage>) => viewer.ask(message, "refused", "keys");
    expect(await refused(tickMessage(promise, 1, [first + 1]))).toMatchObject({ code: "epochs-unpaid" });
    expect(await refused(tickMessage(promise, 1, [first, first + 1]))).toMatchObject({
      code: "epochs-unpaid",
    });
    // Three seconds of media later it still has the one key.
    await viewer.next(["due"], ({ edge: now }) => now >= first + 3);
    expect(viewer.received.slice(asked).filter(({ type }) => type === "keys")).toEqual([]);
    // What it paid for it may have again, at no further charge.
    const again = await viewer.ask(tickMessage(promise, 1, [first]), "keys", "refused");
    expect(again).toMatchObject({ type: "keys", keys: [{ epoch: first }] });
    // And having paid, it is served again at once.
    expect(await refused(tickMessage(promise, 2, [first + 1]))).toMatchObject({
      keys: [{ epoch: first + 1 }],
    });
  });

  it("cannot buy what is not for sale: what lies further ahead than the next epoch", async () => {
    const { viewer, terms } = await connect();
    const promise = await opened(viewer, terms);
    const now = edge(terms);
    const ahead = await viewer.ask(tickMessage(promise, 1, [now + 30]), "refused", "keys");
    expect(ahead).toMatchObject({ code: "epochs-out-of-range" });
    const next = await viewer.ask(tickMessage(promise, 1, [now + 1]), "refused", "keys");
    expect(next).toMatchObject({ type: "keys", keys: [{ epoch: now + 1 }] });
  });

  it("cannot pay with preimages that are forged, replayed, another channel's, or too far on", async () => {
    const { viewer, terms } = await connect();
    const [promise, other] = [await opened(viewer, terms), await opened(viewer, terms)];
    const epochs = [edge(terms)];
    await buy(viewer, tickMessage(promise, 3, epochs));
    const answer = (n: number, preimage: Uint8Array) =>
      viewer.ask(tickMessage(promise, n, [edge(terms) + 1], preimage), "refused", "keys");
    const { chain } = promise;
    expect(await answer(4, randomBytes(32))).toMatchObject({ code: "preimage-invalid" });
    expect(await answer(4, chain.preimage(3))).toMatchObject({ code: "preimage-invalid" });
    expect(await answer(4, other.chain.preimage(4))).toMatchObject({ code: "preimage-invalid" });
    expect(await answer(2, chain.preimage(2))).toMatchObject({ code: "preimage-invalid" });
    expect(await answer(3 + 65, chain.preimage(3 + 65))).toMatchObject({ code: "advance-too-far" });
    expect(await answer(201, chain.preimage(200))).toMatchObject({ code: "advance-too-far" });
  });

  it("cannot use a channel that is another's, even after a settlement made everything of it public", async () => {
    const { viewer, terms } = await connect();
    const promise = await opened(viewer, terms);
    await buy(viewer, tickMessage(promise, 2, [edge(terms)]));
    viewer.send({ type: "leave", channel: promise.channel });
    const { channels } = await system.auditor.until(
      (audit) => audit.channels.get(promise.channel)?.ticks === 2,
      "the channel's settlement",
    );
    const settled = { ticks: 2, preimage: promise.chain.preimage(2) };
    expect(channels.get(promise.channel)?.proof).toBe(bytesToHex(settled.preimage));

    const thief = await connect();
    const { channel } = promise;
    const tick = tickMessage(promise, settled.ticks, [edge(thief.terms)], settled.preimage);
    expect(await thief.viewer.ask(tick, "refused", "keys")).toMatchObject({ code: "channel-unknown" });
    const resume = (signature: Uint8Array) =>
      thief.viewer.ask(
        {
          type: "resume",
          channel,
          n: settled.ticks,
          preimage: Uint8Array.from(settled.preimage),
          signature: Uint8Array.from(signature),
        },
        "refused",
        "opened",
      );
    // Its own key; the owner's proof for another socket; nothing at all.
    const foreign = sessionProof(handKey(), thief.terms, channel);
    expect(await resume(foreign)).toMatchObject({ code: "signature-invalid" });
    const replayed = sessionProof(key, terms, channel);
    expect(await resume(replayed)).toMatchObject({ code: "signature-invalid" });
    expect(await resume(new Uint8Array(64))).toMatchObject({ code: "signature-invalid" });
  });

  it("cannot open twice, on another's tab, on worse terms, or on money that is not there", async () => {
    const { viewer, terms } = await connect();
    const promise = await opened(viewer, terms);
    // A socket may prove only so often: each offer comes on its own.
    const answer = async (made: HandCommitment) => {
      const offer = await connect();
      const refused = await offer.viewer.ask(openMessage(made), "refused", "opened");
      await offer.viewer.close();
      return refused;
    };
    expect(await answer(promise)).toMatchObject({ code: "commitment-known" });
    const again = commit(key, terms, { ...fields(), nonce: promise.commitment.nonce });
    expect(await answer(again)).toMatchObject({ code: "commitment-invalid" });
    expect(await answer(commit(handKey(), terms, fields()))).toMatchObject({ code: "signature-invalid" });
    const elsewhere = { ...terms, genesisHash: new Uint8Array(32) };
    expect(await answer(commit(key, elsewhere, fields()))).toMatchObject({ code: "signature-invalid" });
    const changed = (changes: Parameters<typeof commit>[3]) => answer(commit(key, terms, fields(), changes));
    expect(await changed({ rate: planck(RATE - 1n) })).toMatchObject({ code: "terms-stale" });
    expect(await changed({ terms: terms.terms + 1 })).toMatchObject({ code: "terms-stale" });
    expect(await changed({ openFee: planck(terms.openFee - 1n) })).toMatchObject({ code: "open-fee-wrong" });
    const nobody = accountId(bytesToHex(randomBytes(32)));
    expect(await changed({ operator: nobody })).toMatchObject({ code: "operator-wrong" });
    expect(await changed({ openBy: Math.max(0, terms.head - 1) })).toMatchObject({ code: "open-by-range" });
    expect(await changed({ openBy: terms.head + 10_000 })).toMatchObject({ code: "open-by-range" });
    expect(await changed({ expiresAt: terms.head + 45 })).toMatchObject({ code: "expires-at-range" });
    expect(await changed({ tab: 999n })).toMatchObject({ code: "tab-unknown" });
    const unknown = { stream: 999n as StreamId };
    expect(await changed(unknown)).toMatchObject({ code: "stream-unknown" });
  });

  it("left the chain's books in order", async () => {
    expect((await system.auditor.audit()).problems).toEqual([]);
  });
});
