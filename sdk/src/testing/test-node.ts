// SPDX-License-Identifier: Apache-2.0

// A pay socket and a playlist of the tests' own, built from the protocol's schemas, that can be told to misbehave:
// what a real node never does must be provoked somehow. What a real node does is tested against the real one.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  accountId,
  bytesToHex,
  channelIdOf,
  encodeCommitment,
  encodeMessage,
  MAX_RESUME_ADVANCE,
  MAX_TICK_ADVANCE,
  parseViewerMessage,
  planck,
  sessionProofMessage,
  streamId,
  verifyAdvance,
  type AccountId,
  type ChannelId,
  type Epoch,
  type NodeMessage,
  type RefusalCode,
  type TermsMessage,
  type TickMessage,
  type ViewerMessage,
} from "@tickstream/contracts-types";
import { ed25519 } from "@noble/curves/ed25519.js";
import { WebSocketServer, type WebSocket } from "ws";
import { EpochSet } from "../payment/ticks/epoch-set.ts";
import { TestMedia } from "./test-media.ts";

export interface TestChannel {
  id: ChannelId;
  n: number;
  preimage: Uint8Array;
  bought: EpochSet;
  ranges: [number, number][];
  maxTicks: number;
  /** Every key handed out for it. */
  keysGiven: Set<Epoch>;
}

export interface TestNodeOptions {
  sessionPublicKey: Uint8Array;
  tickMs?: number;
  rate?: bigint;
  openFee?: bigint;
  exposureWindow?: number;
  creditTicks?: number;
  /** Epochs given for nothing. */
  previewTicks?: number;
}

/** What a test may make the node do instead of its duty. */
export interface Misbehaviour {
  /** `false`: the tick is booked, and nothing sent. */
  giveKeys?: (message: TickMessage) => boolean;
  /** Another key than the right one. */
  changeKey?: (epoch: Epoch, key: Uint8Array) => Uint8Array;
  /** Replaces any answer; `null` sends none. */
  answer?: (message: NodeMessage) => NodeMessage | null;
  /** Refuses requests of this kind. */
  refuse?: (message: ViewerMessage) => RefusalCode | null;
  /** Cuts the connection instead of handling the message. */
  drop?: (message: ViewerMessage) => boolean;
}

export type TestNode = Awaited<ReturnType<typeof createTestNode>>;

export async function createTestNode(options: TestNodeOptions) {
  const genesisHash = Uint8Array.from(randomBytes(32));
  const stream = streamId(7n);
  const operator: AccountId = accountId(randomBytes(32));
  const tickMs = options.tickMs ?? 1_000;
  const media = new TestMedia({ genesisHash, stream, tickMs });
  const channels = new Map<ChannelId, TestChannel>();
  const sockets = new Map<WebSocket, Uint8Array>();
  const received: ViewerMessage[] = [];
  let terms = { version: 1, rate: planck(options.rate ?? 10n), openFee: planck(options.openFee ?? 0n) };
  let head = 100;
  let misbehave: Misbehaviour = {};
  const previewed = new Set<Epoch>();

  function termsFor(nonce: Uint8Array): TermsMessage {
    return {
      type: "terms",
      stream,
      terms: terms.version,
      rate: terms.rate,
      tickMs,
      operator,
      operatorShare: 0,
      payees: [],
      openFee: terms.openFee,
      exposureWindow: options.exposureWindow ?? 1,
      previewTicks: options.previewTicks ?? 0,
      creditTicks: options.creditTicks ?? 10,
      unfinalizedTicks: 60,
      genesisHash,
      nonce: nonce as Uint8Array<ArrayBuffer>,
      head,
      edge: media.edge,
    };
  }

  function handle(socket: WebSocket, nonce: Uint8Array, message: ViewerMessage): void {
    received.push(message);
    if (misbehave.drop?.(message)) return socket.terminate();
    const send = (answer: NodeMessage) => {
      const changed = misbehave.answer ? misbehave.answer(answer) : answer;
      if (changed) socket.send(encodeMessage(changed));
    };
    const refuse = (code: RefusalCode, channel?: ChannelId) => {
      if (message.type === "pause" || message.type === "leave") return;
      send({
        type: "refused",
        request: message.type,
        stream,
        ...(channel ? { channel } : {}),
        code,
        message: code,
      });
    };
    const code = misbehave.refuse?.(message);
    if (code) return refuse(code, "channel" in message ? message.channel : undefined);
    switch (message.type) {
      case "watch": {
        send(termsFor(nonce));
        if (message.preview.length === 0) return;
        const granted = message.preview.filter(
          (epoch) =>
            media.isOnSale(epoch) &&
            (previewed.has(epoch) || previewed.size < (options.previewTicks ?? 0)) &&
            previewed.add(epoch),
        );
        if (granted.length === 0) return refuse("preview-exhausted");
        const keys = granted.map((epoch) => ({ epoch, key: Uint8Array.from(media.keyOf(epoch)) }));
        return send({ type: "keys", stream, channel: null, keys });
      }
      case "open": {
        const encoded = encodeCommitment(genesisHash, message.commitment);
        const id = channelIdOf(encoded);
        if (channels.has(id)) return refuse("commitment-known", id);
        if (!ed25519.verify(message.signature, encoded, options.sessionPublicKey))
          return refuse("signature-invalid", id);
        if (message.commitment.terms !== terms.version) return refuse("terms-stale", id);
        const channel: TestChannel = {
          id,
          n: 0,
          preimage: message.commitment.anchor,
          bought: new EpochSet(),
          ranges: [],
          maxTicks: message.commitment.maxTicks,
          keysGiven: new Set(),
        };
        channels.set(id, channel);
        return send(opened(channel));
      }
      case "resume": {
        const channel = channels.get(message.channel);
        if (!channel) return refuse("channel-unknown", message.channel);
        const proof = sessionProofMessage({ genesisHash, operator, channel: channel.id, nonce });
        if (!ed25519.verify(message.signature, proof, options.sessionPublicKey)) {
          return refuse("signature-invalid", channel.id);
        }
        if (message.n > channel.n && !advance(channel, message, MAX_RESUME_ADVANCE)) {
          return refuse("preimage-invalid", channel.id);
        }
        return send(opened(channel));
      }
      case "tick": {
        const channel = channels.get(message.channel);
        if (!channel) return refuse("channel-unknown", message.channel);
        if (message.n < channel.n || !advance(channel, message, MAX_TICK_ADVANCE)) {
          return refuse("preimage-invalid", channel.id);
        }
        const fresh = message.epochs.filter((epoch) => !channel.bought.has(epoch));
        if (!fresh.every((epoch) => media.isOnSale(epoch))) {
          return refuse("epochs-out-of-range", channel.id);
        }
        if (channel.bought.size + fresh.length > channel.n) return refuse("epochs-unpaid", channel.id);
        for (const epoch of fresh) {
          channel.bought.add(epoch);
          channel.ranges.push([epoch, epoch]);
        }
        if (misbehave.giveKeys && !misbehave.giveKeys(message)) return;
        const keys = message.epochs.map((epoch) => {
          const key = misbehave.changeKey?.(epoch, media.keyOf(epoch)) ?? media.keyOf(epoch);
          if (Buffer.from(key).equals(Buffer.from(media.keyOf(epoch)))) channel.keysGiven.add(epoch);
          return { epoch, key: Uint8Array.from(key) };
        });
        return send({ type: "keys", stream, channel: channel.id, keys });
      }
    }
  }

  function advance(
    channel: TestChannel,
    to: { n: number; preimage: Uint8Array },
    maxAdvance: number,
  ): boolean {
    if (to.n > channel.maxTicks || !verifyAdvance({ from: channel, to, maxAdvance })) return false;
    channel.n = to.n;
    channel.preimage = to.preimage;
    return true;
  }

  const opened = (channel: TestChannel): NodeMessage => ({
    type: "opened",
    channel: channel.id,
    n: channel.n,
    preimage: Uint8Array.from(channel.preimage),
    bought: [...channel.ranges].toSorted((a, b) => a[0] - b[0]),
    credit: null,
    ticket: new Uint8Array(16),
  });

  const server = createServer((request, response) => void media.serve(request, response));
  const wss = new WebSocketServer({ server, path: "/pay" });
  wss.on("connection", (socket) => {
    const nonce = Uint8Array.from(randomBytes(32));
    sockets.set(socket, nonce);
    socket.on("close", () => sockets.delete(socket));
    socket.on("message", (data) => handle(socket, nonce, parseViewerMessage(data as Buffer)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    genesisHash: bytesToHex(genesisHash),
    stream,
    operator,
    tickMs,
    url: `http://127.0.0.1:${port}`,
    payUrl: `ws://127.0.0.1:${port}/pay`,
    playlistUrl: `http://127.0.0.1:${port}/live/7/index.m3u8`,
    channels,
    received,
    media,
    /** Epochs given for nothing. */
    previewed,
    get connections() {
      return sockets.size;
    },
    ticks: () => received.filter((message) => message.type === "tick"),
    /** The sum of what all channels proved. */
    paid: () => [...channels.values()].reduce((sum, { n }) => sum + n, 0),
    keysGiven: () => [...channels.values()].reduce((sum, { keysGiven }) => sum + keysGiven.size, 0),
    setHead(block: number) {
      head = block;
    },
    setRate(rate: bigint) {
      terms = { ...terms, version: terms.version + 1, rate: planck(rate) };
      for (const [socket, nonce] of sockets) socket.send(encodeMessage(termsFor(nonce)));
    },
    misbehave(how: Misbehaviour) {
      misbehave = how;
    },
    forgetChannels() {
      channels.clear();
    },
    dropConnections() {
      for (const socket of sockets.keys()) socket.terminate();
    },
    say(message: NodeMessage) {
      for (const socket of sockets.keys()) socket.send(encodeMessage(message));
    },
    async stop() {
      for (const socket of sockets.keys()) socket.terminate();
      wss.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
