// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WhepObstacle } from "@tickstream/contracts-types";
import type { PayGates } from "../../protect/pay-gate.ts";
import { WebRtcError } from "../../webrtc/errors.ts";
import type { IceSettings } from "../../webrtc/ice-config.ts";
import { loadNodeDatachannel } from "../../webrtc/load-node-datachannel.ts";
import {
  createSdpEndpoint,
  isToken,
  SdpEndpointError,
  tokenDigest,
  type IceServer,
  type OfferRequest,
  type SdpSession,
} from "../../webrtc/sdp-endpoint.ts";
import type { FrameSource, StartTranscoder } from "../rtp/stream-to-webrtc.ts";
import { ViewerGate } from "./viewer-gate.ts";
import { WhepAudience, type WhepStats } from "./whep-audience.ts";
import { whepObstacle, type ObservedStream } from "./whep-obstacle.ts";

/** A stream to be watched over WebRTC. */
interface WatchableStream {
  source: FrameSource & ObservedStream & { onState(listener: (state: string) => void): () => void };
  /** Whether its seconds are paid for. */
  paid: boolean;
}

interface WhepLimits {
  maxViewers: number;
  maxViewersPerAddress: number;
  /** A viewer that can't be reached for so long is let go, milliseconds. */
  connectMs: number;
  /** So is one that nothing could be forwarded to, since nothing was bought or published, milliseconds. */
  idleMs: number;
}

const DEFAULT_LIMITS: WhepLimits = {
  maxViewers: 1_000,
  maxViewersPerAddress: 250,
  connectMs: 20_000,
  idleMs: 120_000,
};

export interface WhepServerOptions {
  find: (id: string) => WatchableStream | undefined;
  gates: PayGates;
  ice: IceSettings;
  /** Undefined where there is no ffmpeg: sound that WebRTC does not carry is left out. */
  startTranscoder: StartTranscoder | undefined;
  iceServers?: () => readonly IceServer[];
  limits?: Partial<WhepLimits>;
  log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

/** Sends streams to viewers over WebRTC, by WHEP (draft-ietf-wish-whep): `POST /whep/{stream}`. */
export interface WhepServer {
  /** Answers a request for it; false: it is none. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** What keeps a stream from being watched so now; `null`: nothing. */
  obstacle(stream: string): WhepObstacle | null;
  /** Viewers of a stream. */
  viewers(stream: string): number;
  stats(): WhepStats;
  /** Ends all sessions, and takes no more. */
  stop(): void;
}

/** @see WhepServer */
export function createWhepServer(options: WhepServerOptions): WhepServer {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { log } = options;
  const audiences = new Map<string, WhepAudience>();
  const perAddress = new Map<string, number>();
  /** Of streams that have no viewers any more. */
  const past: WhepStats = { viewers: 0, packets: 0, bytes: 0, unsent: 0, resent: 0, unpaid: 0, skipped: 0 };
  let viewers = 0;
  let stopped = false;

  const stats = (): WhepStats => {
    const sum = { ...past };
    for (const audience of audiences.values()) addStats(sum, audience.stats());
    return { ...sum, viewers };
  };

  const audienceOf = (id: string, { source }: WatchableStream): WhepAudience => {
    const known = audiences.get(id);
    if (known !== undefined) return known;
    const created: WhepAudience = new WhepAudience({
      source,
      ice: options.ice,
      startTranscoder: options.startTranscoder,
      connectMs: limits.connectMs,
      idleMs: limits.idleMs,
      onEmpty: () => {
        addStats(past, created.stats());
        audiences.delete(id);
      },
    });
    audiences.set(id, created);
    return created;
  };

  const admit = (address: string): (() => void) => {
    if (stopped) throw new SdpEndpointError("node-stopping", "The node is stopping.");
    const ofAddress = perAddress.get(address) ?? 0;
    if (viewers >= limits.maxViewers || ofAddress >= limits.maxViewersPerAddress) {
      throw new WebRtcError("webrtc-limit", "Too many watch over WebRTC here: HLS has room.");
    }
    viewers++;
    perAddress.set(address, ofAddress + 1);
    return () => {
      viewers--;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    };
  };

  const whenGone = async (
    closed: Promise<void>,
    stream: string,
    address: string,
    letGo: () => void,
  ): Promise<void> => {
    log.info({ stream, address }, "a viewer over WebRTC came");
    await closed;
    letGo();
    log.info({ stream, address }, "a viewer over WebRTC is gone");
  };

  const obstacleOf = ({ source }: WatchableStream): WhepObstacle | null =>
    whepObstacle(source, options.startTranscoder !== undefined);

  const open = async ({ stream: id, token, offer, address }: OfferRequest): Promise<SdpSession> => {
    const stream = id === undefined ? undefined : options.find(id);
    if (id === undefined || stream === undefined) {
      throw new SdpEndpointError("stream-not-found", "There is no such stream.");
    }
    const leave = admit(address);
    const gate = stream.paid ? new ViewerGate(options.gates, id) : undefined;
    try {
      await loadNodeDatachannel();
      mustBeWatchable(stream, obstacleOf(stream));
      await gate?.add(token);
      const member = await audienceOf(id, stream).welcome(offer, gate ?? FREE);
      gate?.onLost(() => member.close());
      void whenGone(member.closed, id, address, () => {
        gate?.close();
        leave();
      });
      const digest = token === undefined ? undefined : tokenDigest(token);
      return {
        answer: member.answer,
        // Who has no token to show is known by the session's address, which nobody guesses.
        permits: (shown) => digest === undefined || isToken(shown, digest),
        ...(gate && { admits: (shown: string) => gate.add(shown) }),
        addCandidate: (candidate, mid) => member.addCandidate(candidate, mid),
        close: () => member.close(),
        closed: member.closed,
      };
    } catch (error) {
      gate?.close();
      leave();
      audiences.get(id)?.closeIfEmpty();
      throw error;
    }
  };

  const endpoint = createSdpEndpoint({
    name: "whep",
    open,
    ...(options.iceServers === undefined ? {} : { iceServers: options.iceServers }),
    onFault: (error) => log.warn({ err: error }, "a WHEP request failed"),
  });
  return {
    handle: (request, response) => endpoint.handle(request, response),
    obstacle(id) {
      const stream = options.find(id);
      return stream === undefined ? "off-air" : obstacleOf(stream);
    },
    viewers: (stream) => audiences.get(stream)?.viewers ?? 0,
    stats,
    stop() {
      stopped = true;
      for (const audience of audiences.values()) audience.stop();
    },
  };
}

/** What costs nothing may always be forwarded. */
const FREE = { isOpen: (): boolean => true };

function mustBeWatchable({ source }: WatchableStream, obstacle: WhepObstacle | null): void {
  if (source.state === "ended") throw new SdpEndpointError("stream-ended", "The stream has ended.");
  if (source.state !== "live" || obstacle === "off-air") {
    throw new SdpEndpointError("not-live", "The stream is off air.");
  }
  if (obstacle === "b-frames") {
    throw new SdpEndpointError(
      "b-frames",
      "The stream has B-frames, which WebRTC can't carry: it plays over HLS; its creator can turn them off.",
    );
  }
  if (obstacle === "codec") {
    throw new SdpEndpointError(
      "media-unsupported",
      "The stream's codec is none that WebRTC carries: it plays over HLS.",
    );
  }
}

function addStats(sum: WhepStats, more: WhepStats): void {
  for (const name of Object.keys(sum) as (keyof WhepStats)[]) sum[name] += more[name];
}
