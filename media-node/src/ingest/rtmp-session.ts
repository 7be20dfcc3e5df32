// SPDX-License-Identifier: Apache-2.0
import type { Socket } from "node:net";
import { TickstreamError } from "@tickstream/contracts-types";
import type { PublisherSink } from "../media/publisher.ts";
import { RtmpError } from "./errors.ts";
import type { AuthorizePublish } from "./publish-decision.ts";
import { createRtmpEngine, type RtmpEngine, type RtmpEngineLimits } from "./nms-rtmp.ts";
import { RtmpToStream } from "./rtmp-to-stream.ts";

export interface RtmpSessionLimits extends RtmpEngineLimits {
  /** From connecting to an accepted publish, milliseconds. */
  setupMs: number;
  /** Without a byte from the peer, milliseconds. */
  idleMs: number;
  /** What may wait to be sent to a peer that does not read, bytes. */
  maxUnsentBytes: number;
  /** For the last words to a peer that is let go, milliseconds. */
  farewellMs: number;
}

export interface RtmpSessionOptions {
  socket: Socket;
  limits: RtmpSessionLimits;
  authorize: AuthorizePublish;
  /** The connection is over; with a reason unless the peer ended it as it should. */
  onEnd: (reason: TickstreamError | undefined) => void;
}

/** One connection of the RTMP port: lets one publisher in, or goes. */
export class RtmpSession {
  readonly #options: RtmpSessionOptions;
  readonly #engine: RtmpEngine;
  readonly #address: string;
  readonly #setupTimer: NodeJS.Timeout;
  #sink: PublisherSink | undefined;
  #toStream: RtmpToStream | undefined;
  /** Nothing the peer sends matters any more. */
  #over = false;
  #reason: TickstreamError | undefined;
  #farewell: NodeJS.Timeout | undefined;

  constructor(options: RtmpSessionOptions) {
    this.#options = options;
    const { socket, limits } = options;
    this.#address = socket.remoteAddress ?? "";
    this.#engine = createRtmpEngine(
      {
        send: (bytes) => this.#send(bytes),
        publish: ({ app, key }) => void this.#publish(app, key),
        tag: (type, timestamp, body) => this.#toStream?.tag(type, timestamp, body),
        stop: () => this.#leave(undefined),
      },
      limits,
    );
    socket.setNoDelay(true);
    socket.setTimeout(limits.idleMs, () => {
      this.#leave(new RtmpError("rtmp-timeout", "The publisher went silent."));
    });
    this.#setupTimer = setTimeout(() => {
      this.#leave(new RtmpError("rtmp-timeout", "The peer connected, but published nothing."));
    }, limits.setupMs);
    socket.on("data", (bytes) => this.#receive(bytes));
    // The socket's error comes before its close, which does the work.
    socket.on("error", () => {});
    socket.on("close", () => this.#closed());
  }

  /** Closes the connection, telling a publisher why. */
  close(reason: TickstreamError): void {
    this.#leave(reason);
  }

  #receive(bytes: Buffer): void {
    if (this.#over) return;
    try {
      this.#engine.receive(bytes);
    } catch (error) {
      if (!(error instanceof TickstreamError)) throw error;
      this.#leave(error);
    }
  }

  #send(bytes: Buffer): void {
    const { socket, limits } = this.#options;
    if (socket.destroyed || socket.writableEnded) return;
    socket.write(bytes);
    if (socket.writableLength <= limits.maxUnsentBytes) return;
    this.#reason ??= new RtmpError("rtmp-limit", "The peer does not read what it asks for.");
    socket.destroy();
  }

  /** Asks whether the peer may publish; the socket waits meanwhile, so that nothing piles up. */
  async #publish(app: string, key: string): Promise<void> {
    const { socket, authorize } = this.#options;
    socket.pause();
    try {
      const decision = await authorize({ app, key, address: this.#address });
      if (this.#over) return;
      if (!decision.ok) throw new RtmpError("rtmp-refused", decision.reason);
      const sink = await decision.stream.openPublisher({
        protocol: "rtmp",
        address: this.#address,
        onClosed: (reason) => this.#leave(reason),
      });
      if (this.#over) {
        sink.close();
        return;
      }
      this.#sink = sink;
      this.#toStream = new RtmpToStream(sink);
      clearTimeout(this.#setupTimer);
      this.#engine.acceptPublish();
      socket.resume();
    } catch (error) {
      this.#leave(
        error instanceof TickstreamError
          ? error
          : new RtmpError("rtmp-refused", "The node can't check the stream key now; try again soon.", {
              cause: error,
            }),
      );
    }
  }

  /** Ends the publish, says why, and closes the connection as soon as the peer has read it. */
  #leave(reason: TickstreamError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#reason = reason;
    clearTimeout(this.#setupTimer);
    const { socket, limits } = this.#options;
    if (reason !== undefined && reason.code !== "rtmp-malformed" && reason.code !== "rtmp-limit") {
      const inUse = reason.code === "stream-in-use";
      const code = inUse ? "NetStream.Publish.BadName" : "NetStream.Publish.Denied";
      this.#engine.refusePublish(code, reason.shortMessage);
    }
    this.#sink?.close();
    socket.end();
    // What still comes in is read and thrown away: closing on unread bytes would reset the connection, and the
    // peer would never see the reason.
    socket.resume();
    this.#farewell = setTimeout(() => socket.destroy(), limits.farewellMs);
  }

  #closed(): void {
    clearTimeout(this.#setupTimer);
    clearTimeout(this.#farewell);
    this.#over = true;
    this.#sink?.close();
    this.#options.onEnd(this.#reason);
  }
}
