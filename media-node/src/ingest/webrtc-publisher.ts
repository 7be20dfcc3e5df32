// SPDX-License-Identifier: Apache-2.0
import type { TickstreamError } from "@tickstream/contracts-types";
import type { ConnectionStats, PublisherSink } from "../media/publisher.ts";
import { WebRtcError } from "../webrtc/errors.ts";
import type { MediaTransport, MediaTransports } from "../webrtc/media-transport.ts";
import { parseSdp, type SessionDescription } from "../webrtc/sdp.ts";
import type { PublishableStream } from "./publish-decision.ts";
import { agree, writeAnswer, type Agreement } from "./webrtc-answer.ts";
import { WebRtcToStream } from "./webrtc-to-stream.ts";

export interface WebRtcPublisherLimits {
  /** From the answer to the first packet, milliseconds. */
  connectMs: number;
  /** Without a sign of life, milliseconds: as long a publisher may take to come back on another network. */
  idleMs: number;
  /** Alive, but without media, milliseconds. */
  mediaMs: number;
}

export interface AcceptOptions {
  offer: string;
  stream: PublishableStream;
  protocol: string;
  address: string;
  limits: WebRtcPublisherLimits;
  transports: MediaTransports;
}

const TICK_MS = 20;
const NOTHING_CAME: ConnectionStats = {
  packets: 0,
  lost: 0,
  recovered: 0,
  jitterMs: 0,
  roundTripMs: null,
  level: null,
};

/** One publisher on WebRTC: has a stream from its offer until it leaves, is let go, or falls silent. */
export class WebRtcPublisher {
  /** For the publisher. */
  readonly answer: string;
  /** Resolves when it is over; with a reason unless the publisher left as it should. */
  readonly closed: Promise<TickstreamError | undefined>;
  readonly #offer: SessionDescription;
  readonly #agreement: Agreement;
  readonly #transport: MediaTransport;
  readonly #sink: PublisherSink;
  readonly #toStream: WebRtcToStream;
  readonly #limits: WebRtcPublisherLimits;
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  /** The publisher's, of the newest generation that it told. */
  #iceUfrag: string;
  #mediaAt: number;
  #over = false;
  #resolveClosed: (reason: TickstreamError | undefined) => void = () => {};

  static async accept(options: AcceptOptions): Promise<WebRtcPublisher> {
    const { stream, protocol, address, transports } = options;
    const offer = parseSdp(options.offer);
    const agreement = agree(offer, stream.sold);
    let publisher: WebRtcPublisher | undefined;
    let over: TickstreamError | undefined;
    const end = (reason: TickstreamError): void => {
      over = reason;
      publisher?.close(reason);
    };
    const transport = await transports.open(
      {
        fingerprint: offer.fingerprint,
        setup: offer.setup,
        dataChannel: agreement.sections.includes("data"),
      },
      {
        onPacket: (packet) => publisher?.take(packet),
        onOpen: () => publisher?.requestKeyframe(),
        onClosed: end,
      },
    );
    try {
      const sink = await stream.openPublisher({
        protocol,
        address,
        onClosed: end,
        requestKeyframe: () => publisher?.requestKeyframe(),
        connection: () => publisher?.stats() ?? NOTHING_CAME,
      });
      publisher = new WebRtcPublisher(options, { offer, agreement, transport, sink });
    } catch (error) {
      transport.close();
      throw error;
    }
    // The stream or the publisher may have let go meanwhile.
    if (over !== undefined) publisher.close(over);
    return publisher;
  }

  private constructor(
    { limits }: AcceptOptions,
    parts: {
      offer: SessionDescription;
      agreement: Agreement;
      transport: MediaTransport;
      sink: PublisherSink;
    },
  ) {
    const { offer, agreement, transport, sink } = parts;
    this.#limits = limits;
    this.#mediaAt = this.#startedAt;
    this.#offer = offer;
    this.#iceUfrag = offer.iceUfrag;
    this.#agreement = agreement;
    this.#transport = transport;
    this.#sink = sink;
    this.#toStream = new WebRtcToStream({
      sink,
      media: agreement.media,
      send: (packet) => void transport.send(packet),
      onRefused: (reason) => this.close(reason),
    });
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.answer = writeAnswer(offer, agreement, transport);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Milliseconds since the publisher was last heard of. */
  get silentMs(): number {
    return performance.now() - (this.#transport.heardAt ?? this.#startedAt);
  }

  /** Values of `a=candidate`: how the publisher reaches this node. */
  get candidates(): readonly string[] {
    return this.#transport.candidates;
  }

  /** Nothing has to be known of the publisher's addresses: it checks ours (ICE-lite, RFC 8445 section 2.5). */
  addCandidate(_candidate: string, _mid: string): void {}

  /** New ICE credentials on our side, for a publisher on another network that has new ones as well. */
  restartIce(): MediaTransport["ice"] {
    return this.#transport.restartIce();
  }

  /**
   * Answers an offer with which the publisher restarts ICE (RFC 8829 section 5.2.2); media and keys go on.
   *
   * @throws WebRtcError `sdp-invalid` where it is another offer altogether
   */
  async restart(offer: string): Promise<string> {
    const next = parseSdp(offer);
    const sections = (description: SessionDescription): string =>
      description.media.map(({ kind, mid }) => `${kind} ${mid}`).join();
    if (next.fingerprint !== this.#offer.fingerprint || sections(next) !== sections(this.#offer)) {
      throw new WebRtcError(
        "sdp-invalid",
        "Only the network may change while publishing: end this session and begin a new one.",
      );
    }
    if (next.iceUfrag !== this.#iceUfrag) this.#transport.restartIce();
    this.#iceUfrag = next.iceUfrag;
    return writeAnswer(this.#offer, this.#agreement, this.#transport);
  }

  /** How its packets come. */
  stats(): ConnectionStats {
    return this.#toStream.stats();
  }

  take(packet: Buffer): void {
    if (this.#over) return;
    this.#mediaAt = performance.now();
    this.#toStream.packet(packet, this.#mediaAt);
  }

  requestKeyframe(): void {
    this.#toStream.requestKeyframe();
  }

  close(reason?: TickstreamError): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#timer);
    this.#transport.close();
    this.#sink.close();
    this.#resolveClosed(reason);
  }

  #tick(): void {
    const late = this.#lateness();
    if (late === undefined) this.#toStream.tick(performance.now());
    else this.close(new WebRtcError("webrtc-timeout", late));
  }

  #lateness(): string | undefined {
    const { connectMs, idleMs, mediaMs } = this.#limits;
    if (this.#transport.heardAt === undefined) {
      return this.silentMs > connectMs ? "The publisher never connected." : undefined;
    }
    if (this.silentMs > idleMs) return "The publisher went silent.";
    return performance.now() - this.#mediaAt > mediaMs
      ? "The publisher sends neither picture nor sound."
      : undefined;
  }
}
