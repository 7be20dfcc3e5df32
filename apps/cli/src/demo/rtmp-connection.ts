// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type AmfValue, decodeAmf, encodeAmf } from "./amf0.ts";
import { ChunkReader, encodeMessage, MESSAGE, type RtmpMessage } from "./rtmp-chunks.ts";

const HANDSHAKE_LENGTH = 1536;
const CHUNK_SIZE = 65_536;
/** A connection that takes longer than this to shake hands or to answer a command has failed. */
const ANSWER_TIMEOUT_MS = 10_000;
/** A server that leaves this much unread is stuck: better to start again than to send old pictures. */
const MAX_UNSENT = 8 * 1024 * 1024;

/** The server said no; `code` is RTMP's, such as `NetStream.Publish.Denied`. */
class PublishRefusedError extends Error {
  override readonly name = "PublishRefusedError";
  readonly code: string;
  constructor(code: string, description: string) {
    super(description || code);
    this.code = code;
  }
}

/** A publishing RTMP connection. */
export interface RtmpConnection {
  /** Sends media or metadata of the published stream. Does nothing once closed. */
  send(type: number, timestamp: number, body: Buffer): void;
  /** Settles when the connection has ended, with the reason where there was one. */
  readonly closed: Promise<Error | undefined>;
  /** Says goodbye and closes; forced after half a second. */
  close(): Promise<void>;
}

/**
 * Connects to `rtmp://host[:port]/app` and publishes under `key`.
 * @throws PublishRefusedError where the server refuses; Error for anything else
 */
export async function publishRtmp(options: {
  url: string;
  key: string;
  signal?: AbortSignal;
}): Promise<RtmpConnection> {
  const url = new URL(options.url);
  if (url.protocol !== "rtmp:") throw new Error(`${options.url} is no rtmp:// address`);
  const app = url.pathname.replace(/^\/|\/$/g, "");
  const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 1935) });
  socket.setNoDelay(true);
  const abort = () => socket.destroy(new Error("stopped"));
  options.signal?.addEventListener("abort", abort, { once: true });
  const deadline = setTimeout(
    () => socket.destroy(new Error("the RTMP server didn't answer in time")),
    ANSWER_TIMEOUT_MS,
  );
  try {
    if (options.signal?.aborted) abort();
    await once(socket, "connect");
    const session = new Session(socket, await shakeHands(socket));
    await session.publish(app, `rtmp://${url.host}/${app}`, options.key);
    return session;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(deadline);
    options.signal?.removeEventListener("abort", abort);
  }
}

/** The simple handshake of section 5.2; returns what the server sent beyond it. */
async function shakeHands(socket: Socket): Promise<Buffer> {
  const c1 = Buffer.concat([Buffer.alloc(8), randomBytes(HANDSHAKE_LENGTH - 8)]);
  socket.write(Buffer.concat([Buffer.of(3), c1]));
  const wanted = 1 + 2 * HANDSHAKE_LENGTH;
  const received = await new Promise<Buffer>((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const done = () => {
      socket.off("data", onData).off("close", onClose).off("error", reject);
    };
    const onData = (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      if (bytes.length < wanted) return;
      done();
      resolve(bytes);
    };
    const onClose = () => {
      done();
      reject(new Error("the server closed the connection in the RTMP handshake"));
    };
    socket.on("data", onData).on("close", onClose).on("error", reject);
  });
  if (received[0] !== 3) throw new Error("the server speaks another RTMP version");
  socket.write(received.subarray(1, 1 + HANDSHAKE_LENGTH));
  return received.subarray(wanted);
}

class Session implements RtmpConnection {
  readonly closed: Promise<Error | undefined>;
  readonly #socket: Socket;
  readonly #reader = new ChunkReader();
  readonly #answers = new Map<number, { resolve(values: AmfValue[]): void; reject(error: Error): void }>();
  #onStatus: ((status: { [key: string]: AmfValue }) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;
  #transaction = 0;
  #streamId = 0;
  #received = 0;
  #acknowledged = 0;
  #window = 2_500_000;
  #failure: Error | undefined;

  constructor(socket: Socket, rest: Buffer) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on("error", (error) => (this.#failure ??= error));
      socket.on("close", () => {
        const error = this.#failure ?? new Error("the RTMP server closed the connection");
        for (const answer of this.#answers.values()) answer.reject(error);
        this.#answers.clear();
        this.#fail?.(error);
        resolve(this.#failure);
      });
    });
    socket.on("data", (data: Buffer) => this.#take(data));
    if (rest.length > 0) this.#take(rest);
  }

  async publish(app: string, tcUrl: string, key: string): Promise<void> {
    const chunkSize = Buffer.alloc(4);
    chunkSize.writeUInt32BE(CHUNK_SIZE);
    // This one still goes out under the default chunk size of 128, which it fits.
    this.#write({ type: MESSAGE.setChunkSize, timestamp: 0, streamId: 0, body: chunkSize }, 2);
    await this.#call("connect", {
      app,
      type: "nonprivate",
      flashVer: "FMLE/3.0 (compatible; Tickstream)",
      tcUrl,
    });
    this.#command("releaseStream", ++this.#transaction, null, key);
    this.#command("FCPublish", ++this.#transaction, null, key);
    const [, streamId] = await this.#call("createStream", null);
    if (typeof streamId !== "number") throw new Error("the RTMP server created no stream");
    this.#streamId = streamId;
    const started = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#onStatus = (status) => {
        if (status["code"] === "NetStream.Publish.Start") resolve();
        else if (status["level"] === "error") reject(refusal(status));
      };
    });
    this.#command("publish", ++this.#transaction, null, key, "live");
    await started;
    this.#fail = undefined;
    this.#onStatus = (status) => {
      if (status["level"] === "error") this.#socket.destroy(refusal(status));
    };
  }

  send(type: number, timestamp: number, body: Buffer): void {
    if (this.#socket.destroyed) return;
    if (this.#socket.writableLength > MAX_UNSENT) {
      this.#socket.destroy(new Error("the RTMP server doesn't read what it is sent"));
      return;
    }
    this.#write(
      { type, timestamp, streamId: this.#streamId, body },
      type === MESSAGE.video ? 6 : type === MESSAGE.audio ? 4 : 5,
    );
  }

  async close(): Promise<void> {
    if (!this.#socket.destroyed) {
      this.#command("deleteStream", ++this.#transaction, null, this.#streamId);
      this.#socket.end();
      const forced = setTimeout(() => this.#socket.destroy(), 500);
      await this.closed;
      clearTimeout(forced);
    }
    await this.closed;
  }

  #take(data: Buffer): void {
    try {
      this.#received += data.length;
      for (const message of this.#reader.push(data)) this.#handle(message);
      if (this.#received - this.#acknowledged >= this.#window) {
        this.#acknowledged = this.#received;
        const body = Buffer.alloc(4);
        body.writeUInt32BE(this.#received % 2 ** 32);
        this.#write({ type: MESSAGE.acknowledgement, timestamp: 0, streamId: 0, body }, 2);
      }
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #handle(message: RtmpMessage): void {
    const { body } = message;
    if (message.type === MESSAGE.windowAckSize && body.length >= 4) this.#window = body.readUInt32BE() || 1;
    if (message.type === MESSAGE.userControl && body.length >= 6 && body.readUInt16BE() === 6) {
      // PingRequest: the answer repeats its time.
      const pong = Buffer.from(body.subarray(0, 6));
      pong.writeUInt16BE(7);
      this.#write({ type: MESSAGE.userControl, timestamp: 0, streamId: 0, body: pong }, 2);
    }
    if (message.type !== MESSAGE.command) return;
    const [name, transaction, ...values] = decodeAmf(body);
    if (name === "onStatus") {
      const status = values.find((value) => typeof value === "object" && value !== null);
      if (status && !Array.isArray(status)) this.#onStatus?.(status);
      return;
    }
    if (typeof transaction !== "number") return;
    const answer = this.#answers.get(transaction);
    this.#answers.delete(transaction);
    if (name === "_result") answer?.resolve(values);
    else if (name === "_error") answer?.reject(refusal(values[1]));
  }

  #call(name: string, ...values: AmfValue[]): Promise<AmfValue[]> {
    const transaction = ++this.#transaction;
    return new Promise((resolve, reject) => {
      this.#answers.set(transaction, { resolve, reject });
      this.#command(name, transaction, ...values);
    });
  }

  #command(...values: AmfValue[]): void {
    const name = values[0];
    const streamId = name === "publish" ? this.#streamId : 0;
    this.#write({ type: MESSAGE.command, timestamp: 0, streamId, body: encodeAmf(...values) }, 3);
  }

  #write(message: RtmpMessage, chunkStream: number): void {
    if (this.#socket.writable) this.#socket.write(encodeMessage(message, chunkStream, CHUNK_SIZE));
  }
}

function refusal(status: AmfValue): PublishRefusedError {
  const fields =
    typeof status === "object" && status !== null && !Array.isArray(status)
      ? status
      : ({} as Record<string, AmfValue>);
  return new PublishRefusedError(
    text(fields["code"]) || "NetConnection.Call.Failed",
    text(fields["description"]),
  );
}

function text(value: AmfValue): string {
  return typeof value === "string" ? value : "";
}
