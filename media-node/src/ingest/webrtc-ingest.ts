// SPDX-License-Identifier: Apache-2.0
import type { TickstreamError } from "@tickstream/contracts-types";
import { WebRtcError } from "../webrtc/errors.ts";
import type { IceSettings } from "../webrtc/ice-config.ts";
import { createMediaTransports } from "../webrtc/media-transport.ts";
import type { PublishableStream } from "./publish-decision.ts";
import { WebRtcPublisher, type WebRtcPublisherLimits } from "./webrtc-publisher.ts";

interface WebRtcIngestLimits extends WebRtcPublisherLimits {
  maxPublishers: number;
}

export interface WebRtcIngestOptions {
  ice: IceSettings;
  limits?: Partial<WebRtcIngestLimits>;
}

interface AcceptPublisherOptions {
  /** A session description that offers to send. */
  offer: string;
  /** Where the media goes; a `LiveStream` fits. */
  stream: PublishableStream;
  /** How the offer came: `whip`, `signal`. */
  protocol: string;
  /** The publisher's network address. */
  address: string;
}

/** Takes WebRTC publishers, whichever way their offers come. */
export interface WebRtcIngest {
  /**
   * Answers an offer. The publisher has the stream from now on, and loses it when it does not connect.
   *
   * @throws WebRtcError `webrtc-unavailable`, `sdp-invalid`, `media-unsupported`, `codec-unsold`, `webrtc-limit`, `port-unavailable`;
   * StreamInUseError, StreamEndedError, TimelineUnavailableError
   */
  acceptPublisher(options: AcceptPublisherOptions): Promise<WebRtcPublisher>;
  /** Publishers that have a stream. */
  publishers(): number;
  /** Lets go of everybody, and closes the ports. */
  stop(reason: TickstreamError): Promise<void>;
}

const DEFAULT_LIMITS: WebRtcIngestLimits = {
  maxPublishers: 100,
  connectMs: 15_000,
  idleMs: 15_000,
  mediaMs: 60_000,
};
/** A publisher that is silent for this long gives way to a new one, milliseconds. */
const YIELDS_AFTER_MS = 3_000;

/** @see WebRtcIngest */
export function createWebRtcIngest(options: WebRtcIngestOptions): WebRtcIngest {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const transports = createMediaTransports(options.ice);
  const publishers = new Map<WebRtcPublisher, string>();
  /** Offers that are being answered. */
  let opening = 0;
  let stopped: TickstreamError | undefined;

  /** An encoder that lost its connection comes back before the node has noticed. */
  const makeWay = (stream: string): void => {
    for (const [publisher, id] of publishers) {
      if (id === stream && publisher.silentMs >= YIELDS_AFTER_MS) publisher.close();
    }
  };

  return {
    async acceptPublisher({ offer, stream, protocol, address }) {
      if (stopped !== undefined) throw stopped;
      makeWay(stream.id);
      if (publishers.size + opening >= limits.maxPublishers) {
        throw new WebRtcError("webrtc-limit", "The node has as many publishers as it can take.");
      }
      opening++;
      try {
        const publisher = await WebRtcPublisher.accept({
          offer,
          stream,
          protocol,
          address,
          limits,
          transports,
        });
        publishers.set(publisher, stream.id);
        void publisher.closed.then(() => publishers.delete(publisher));
        if (stopped !== undefined) publisher.close(stopped);
        return publisher;
      } finally {
        opening--;
      }
    },
    publishers: () => publishers.size,
    async stop(reason) {
      stopped = reason;
      for (const publisher of publishers.keys()) publisher.close(reason);
      await transports.stop();
    },
  };
}
