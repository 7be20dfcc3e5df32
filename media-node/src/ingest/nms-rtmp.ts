// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import { RtmpError } from "./errors.ts";

/*
 * The only file that knows node-media-server. Of it, the RTMP protocol engine is used: handshake, chunk
 * stream, AMF. Its server, sessions and broadcasts are not: they keep global state, end the process when a
 * port is taken, hold whole GOPs in memory, and let a refused publisher go on sending. The engine itself
 * trusts its peer in ways that end a process or fill its memory; every one of them is closed here.
 */

/** A message that is being received on one chunk stream. */
interface ChunkPacket {
  header: { fmt: number; cid: number; timestamp: number; length: number; type: number; stream_id: number };
  clock: number;
  payload: Buffer;
  capacity: number;
  bytes: number;
}

/** A decoded AMF0 command. */
interface Command {
  cmd?: unknown;
  transId?: unknown;
  cmdObj?: unknown;
  streamName?: unknown;
}

interface NmsRtmp {
  parserPacket: ChunkPacket;
  inPackets: Map<number, ChunkPacket>;
  inChunkSize: number;
  ackSize?: number;
  flv: unknown;
  onOutputCallback: (bytes: Buffer) => void;
  parserData(bytes: Buffer): string | null;
  chunkMessageHeaderRead(): number;
  packetAlloc(): void;
  packetHandler(): void;
  controlHandler(): void;
  invokeHandler(): void;
  dataHandler(): void;
  onConnect(command: Command): void;
  onPublish(command: Command): void;
  onPlay(command: Command): void;
  onDeleteStream(command: Command): void;
  sendACK(bytes: number): void;
  sendStatusMessage(streamId: number, level: string, code: string, description: string): void;
  sendInvokeMessage(streamId: number, message: object): void;
}

const require = createRequire(import.meta.url);
const NmsRtmpEngine = require("node-media-server/src/protocol/rtmp.js") as new () => NmsRtmp;
const nmsLogger = require("node-media-server/src/core/logger.js") as { log: () => void };
// The engine prints what its peers send; what matters is logged by the session.
nmsLogger.log = () => {};

export interface RtmpEngineLimits {
  /** Longest message before a publish was accepted, bytes: commands only. */
  maxCommandBytes: number;
  /** Longest message of a publisher, bytes. */
  maxMessageBytes: number;
  /** What all of a connection's half-received messages may take, bytes. */
  maxBufferedBytes: number;
  maxChunkStreams: number;
  /** Commands and control messages before a publish was accepted. */
  maxSetupCommands: number;
  /** And in a publisher's whole life. */
  maxCommands: number;
}

export interface RtmpEngineEvents {
  /** Bytes for the peer. */
  send: (bytes: Buffer) => void;
  /** The peer wants to publish; names are checked to be harmless, nothing else. */
  publish: (request: { app: string; key: string }) => void;
  /** An audio (8), video (9) or data (18) message; `body` is only valid during the call. */
  tag: (type: number, timestamp: number, body: Buffer) => void;
  /** The publisher says that it stops. */
  stop: () => void;
}

export interface RtmpEngine {
  /** Takes bytes from the peer. @throws {@link RtmpError} where the peer has to be let go */
  receive(bytes: Buffer): void;
  /** Answers a publish request. From acceptance on, media is let through. */
  acceptPublish(): void;
  /** Tells the peer, in its own words, why it can't publish (any more). */
  refusePublish(code: "NetStream.Publish.BadName" | "NetStream.Publish.Denied", sentence: string): void;
}

const TYPE = {
  setChunkSize: 1,
  abort: 2,
  windowAcknowledgement: 5,
  audio: 8,
  video: 9,
  amf3Command: 17,
  data: 18,
};
const AMF0_STRING = 2;
const MAX_CHUNK_SIZE = 0xff_ffff;
const SAFE_NAME = /^[\w-]{1,128}$/;

/** The RTMP protocol of one connection. */
export function createRtmpEngine(events: RtmpEngineEvents, limits: RtmpEngineLimits): RtmpEngine {
  const rtmp = new NmsRtmpEngine();
  let connected: { app: string } | undefined;
  let publishStreamId: number | undefined;
  let accepted = false;
  let commands = 0;
  let received = 0;
  let acknowledged = 0;

  // An FLV file parser with a buffer of a megabyte, which RTMP has no use for.
  rtmp.flv = undefined;
  rtmp.onOutputCallback = events.send;

  // A message's length must not change while it is being received: its buffer would not fit.
  const readHeader = rtmp.chunkMessageHeaderRead.bind(rtmp);
  rtmp.chunkMessageHeaderRead = () => {
    const { bytes, header } = rtmp.parserPacket;
    const { length } = header;
    const offset = readHeader();
    if (bytes > 0 && header.length !== length) throw malformed("a message changed its length");
    return offset;
  };

  const allocate = rtmp.packetAlloc.bind(rtmp);
  rtmp.packetAlloc = () => {
    const packet = rtmp.parserPacket;
    const longest = accepted ? limits.maxMessageBytes : limits.maxCommandBytes;
    if (packet.header.length > longest) throw beyondLimit(`a message of ${packet.header.length} bytes`);
    if (rtmp.inPackets.size > limits.maxChunkStreams) throw beyondLimit("chunk streams");
    // Timestamps are 32 bits and wrap; the engine would drop everything after 49 days.
    packet.clock %= 2 ** 32;
    allocate();
    let buffered = 0;
    for (const other of rtmp.inPackets.values()) buffered += other.capacity;
    if (buffered > limits.maxBufferedBytes) throw beyondLimit("unfinished messages");
  };

  const handle = rtmp.packetHandler.bind(rtmp);
  rtmp.packetHandler = () => {
    const { type } = rtmp.parserPacket.header;
    const media = type === TYPE.audio || type === TYPE.video || type === TYPE.data;
    const most = accepted ? limits.maxCommands : limits.maxSetupCommands;
    if (!media && ++commands > most) throw beyondLimit("commands");
    handle();
  };

  rtmp.controlHandler = () => {
    const { header, payload } = rtmp.parserPacket;
    const value = header.length >= 4 ? payload.readUInt32BE() : undefined;
    switch (header.type) {
      case TYPE.setChunkSize:
        if (value === undefined || value < 1 || value > MAX_CHUNK_SIZE) throw malformed("chunk size");
        rtmp.inChunkSize = value;
        return;
      case TYPE.abort: {
        // The engine takes no notice of an abort and would join the next message to the rest of this one.
        const aborted = rtmp.inPackets.get(value ?? -1);
        if (aborted !== undefined) aborted.bytes = 0;
        return;
      }
      case TYPE.windowAcknowledgement:
        if (value !== undefined && value > 0) rtmp.ackSize = value;
    }
  };

  const invoke = rtmp.invokeHandler.bind(rtmp);
  rtmp.invokeHandler = () => {
    const { header, payload } = rtmp.parserPacket;
    // Every command begins with its name; the engine would take no notice of another beginning.
    const name = header.type === TYPE.amf3Command ? 1 : 0;
    if (header.length <= name || payload[name] !== AMF0_STRING) throw malformed("a command without a name");
    invoke();
  };

  rtmp.dataHandler = () => {
    if (!accepted) throw malformed("media without an accepted publish");
    const { header, clock, payload } = rtmp.parserPacket;
    events.tag(header.type, clock, payload.subarray(0, header.length));
  };

  const connect = rtmp.onConnect.bind(rtmp);
  rtmp.onConnect = (command) => {
    if (connected !== undefined) throw malformed("a second connect");
    const details = (command.cmdObj ?? {}) as { app?: unknown; tcUrl?: unknown };
    const app =
      (typeof details.app === "string" ? details.app : "").split("?", 1)[0]?.replace(/\/+$/, "") ?? "";
    if (!SAFE_NAME.test(app) || !URL.canParse(String(details.tcUrl))) {
      const info = {
        level: "error",
        code: "NetConnection.Connect.InvalidApp",
        description: "No such application.",
      };
      rtmp.sendInvokeMessage(0, { cmd: "_error", transId: command.transId, cmdObj: null, info });
      throw malformed("connect without a valid app and tcUrl");
    }
    connected = { app };
    connect(command);
  };

  rtmp.onPublish = (command) => {
    if (connected === undefined) throw malformed("publish before connect");
    if (publishStreamId !== undefined) throw malformed("a second publish");
    publishStreamId = rtmp.parserPacket.header.stream_id;
    const key = typeof command.streamName === "string" ? (command.streamName.split("?", 1)[0] ?? "") : "";
    if (!SAFE_NAME.test(key)) {
      engine.refusePublish(
        "NetStream.Publish.BadName",
        "The stream key is missing or has characters that no key has.",
      );
      throw malformed("publish without a valid name");
    }
    events.publish({ app: connected.app, key });
  };

  rtmp.onPlay = () => {
    const { stream_id: streamId } = rtmp.parserPacket.header;
    const sentence = "This port takes streams in; watch by HTTP.";
    rtmp.sendStatusMessage(streamId, "error", "NetStream.Play.Failed", sentence);
    throw new RtmpError("rtmp-refused", sentence);
  };

  rtmp.onDeleteStream = () => {
    if (accepted) events.stop();
  };

  const engine: RtmpEngine = {
    receive(bytes) {
      received += bytes.length;
      let problem: string | null;
      try {
        problem = rtmp.parserData(bytes);
      } catch (error) {
        if (error instanceof RtmpError) throw error;
        // The engine's own decoders throw what they like at malformed input.
        throw malformed("a message that can't be decoded", error);
      }
      if (problem !== null) throw malformed(problem);
      if (rtmp.ackSize !== undefined && received - acknowledged >= rtmp.ackSize) {
        acknowledged = received;
        rtmp.sendACK(received >>> 0);
      }
    },
    acceptPublish() {
      accepted = true;
      rtmp.sendStatusMessage(publishStreamId ?? 0, "status", "NetStream.Publish.Start", "Publishing.");
    },
    refusePublish(code, sentence) {
      rtmp.sendStatusMessage(publishStreamId ?? 0, "error", code, sentence);
    },
  };
  return engine;
}

function malformed(details: string, cause?: unknown): RtmpError {
  return new RtmpError("rtmp-malformed", "The peer does not speak proper RTMP.", { details, cause });
}

function beyondLimit(what: string): RtmpError {
  return new RtmpError("rtmp-limit", "The peer sent more than it may.", { details: what });
}
