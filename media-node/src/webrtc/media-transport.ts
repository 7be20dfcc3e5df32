// SPDX-License-Identifier: Apache-2.0
import type { DataChannel, PeerConnection, Track } from "node-datachannel";
import { WebRtcError } from "./errors.ts";
import { rtcConfig, type IceSettings } from "./ice-config.ts";
import { createIceLite, type IceCredentials, type IceLite, type IceLiteSession } from "./ice-lite.ts";
import { loadNodeDatachannel, type NodeDatachannel } from "./load-node-datachannel.ts";
import type { SessionDescription } from "./sdp.ts";

/** What is needed of an offer to secure the way to its peer. */
interface RemotePeer extends Pick<SessionDescription, "fingerprint" | "setup"> {
  /** It offers a data channel too. Nothing is ever sent or read there, but it opens. */
  dataChannel: boolean;
}

interface MediaTransportHandlers {
  /** Decrypted RTP or RTCP. */
  onPacket: (packet: Buffer) => void;
  /** The connection is there: RTCP can be sent. */
  onOpen: () => void;
  /** The peer closed the connection, or failed to prove who it is. */
  onClosed: (reason: WebRtcError) => void;
}

/** An encrypted way to one publisher (ICE, DTLS, SRTP). It survives changes of the publisher's network. */
export interface MediaTransport {
  /** For the answer. */
  readonly ice: IceCredentials;
  readonly candidates: readonly string[];
  readonly fingerprint: string;
  readonly setup: "active" | "passive";
  /** When the peer was last heard of: milliseconds of `performance.now()`; undefined: never. */
  readonly heardAt: number | undefined;
  /** Sends RTCP; false where nobody would get it. */
  send(packet: Buffer): boolean;
  /** New ICE credentials for a publisher on a new network; keys and media go on. */
  restartIce(): IceCredentials;
  close(): void;
}

/** All publishers' transports: they share the node's UDP ports. */
export interface MediaTransports {
  open(remote: RemotePeer, handlers: MediaTransportHandlers): Promise<MediaTransport>;
  stop(): Promise<void>;
}

const LOOPBACK: IceSettings = { portMin: 0, portMax: 0, bindAddress: "127.0.0.1" };
/** The media section that libdatachannel is told of: whatever the peer sends comes by this one. */
const MEDIA_ID = "media";
const DATA_ID = "data";

/** Opens the ports when the first publisher comes. */
export function createMediaTransports(settings: IceSettings): MediaTransports {
  let parts: Promise<Parts> | undefined;
  const open = new Set<SecuredTransport>();
  return {
    async open(remote, handlers) {
      parts ??= createParts(settings);
      const ready = await parts.catch((error: unknown) => {
        // The ports may be free the next time.
        parts = undefined;
        throw error;
      });
      const transport = await SecuredTransport.create(ready, remote, handlers, () => open.delete(transport));
      open.add(transport);
      return transport;
    },
    async stop() {
      for (const transport of open) transport.close();
      const ready = await parts?.catch(() => undefined);
      await Promise.all([ready?.outside.stop(), ready?.inside.stop()]);
    },
  };
}

interface Parts {
  library: NodeDatachannel;
  /** Towards publishers. */
  outside: IceLite;
  /** Towards libdatachannel. */
  inside: IceLite;
}

async function createParts(settings: IceSettings): Promise<Parts> {
  const library = await loadNodeDatachannel();
  const inside = await createIceLite(LOOPBACK);
  try {
    return { library, inside, outside: await createIceLite(settings) };
  } catch (error) {
    await inside.stop();
    throw error;
  }
}

/**
 * libdatachannel does DTLS and SRTP, but can neither restart ICE nor take sources that an offer does not announce. So it is
 * given a peer on the loopback, with a single media section: an ICE agent of ours, which passes on what the publisher sends to
 * another such agent outside. Nothing that a publisher writes into its offer gets to native code but the fingerprint.
 */
class SecuredTransport implements MediaTransport {
  readonly #outside: IceLiteSession;
  readonly #connection: PeerConnection;
  readonly #handlers: MediaTransportHandlers;
  readonly #onClose: () => void;
  readonly #inside: IceLiteSession;
  readonly #track: Track;
  /** Held, since it closes where nobody does. */
  #dataChannel: DataChannel | undefined;
  #closed = false;

  static async create(
    parts: Parts,
    remote: RemotePeer,
    handlers: MediaTransportHandlers,
    onClose: () => void,
  ): Promise<SecuredTransport> {
    let transport: SecuredTransport | undefined;
    const outside = await parts.outside.open({
      onPacket: (packet) => transport?.fromOutside(packet),
      onReached: () => transport?.reached(),
    });
    const inside = await parts.inside.open({ onPacket: (packet) => transport?.fromInside(packet) });
    try {
      transport = new SecuredTransport(parts.library, { outside, inside }, remote, handlers, onClose);
    } catch (cause) {
      outside.close();
      inside.close();
      throw new WebRtcError("sdp-invalid", "The session description can't be used.", { cause });
    }
    return transport;
  }

  private constructor(
    library: NodeDatachannel,
    sessions: { outside: IceLiteSession; inside: IceLiteSession },
    remote: RemotePeer,
    handlers: MediaTransportHandlers,
    onClose: () => void,
  ) {
    this.#outside = sessions.outside;
    this.#inside = sessions.inside;
    this.#handlers = handlers;
    this.#onClose = onClose;
    this.#connection = new library.PeerConnection("publisher", {
      ...rtcConfig(LOOPBACK),
      maxMessageSize: 1_024,
    });
    try {
      this.#listen();
      const media = new library.Video(MEDIA_ID, "RecvOnly");
      media.addH264Codec(96);
      this.#track = this.#connection.addTrack(media);
      this.#track.onMessage((packet) => {
        if (!this.#closed) handlers.onPacket(packet);
      });
      this.#track.onClosed(() => undefined);
      this.#connection.setRemoteDescription(this.#offer(remote), "offer");
      this.#connection.setLocalDescription("answer");
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  get ice(): IceCredentials {
    return this.#outside.credentials;
  }

  get candidates(): readonly string[] {
    return this.#outside.candidates;
  }

  get heardAt(): number | undefined {
    return this.#outside.heardAt;
  }

  get fingerprint(): string {
    return this.#answered(/^a=fingerprint:(.+?)\r?$/m);
  }

  get setup(): "active" | "passive" {
    return this.#answered(/^a=setup:(\w+)/m) === "passive" ? "passive" : "active";
  }

  send(packet: Buffer): boolean {
    return !this.#closed && this.#track.isOpen() && this.#track.sendMessageBinary(packet);
  }

  restartIce(): IceCredentials {
    return this.#outside.restart();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // First: the library keeps the process alive while a track's or a channel's callbacks are held.
    this.#track.close();
    this.#dataChannel?.close();
    this.#connection.close();
    this.#outside.close();
    this.#inside.close();
    this.#onClose();
  }

  /**
   * Only now: the handshake begins as soon as libdatachannel can reach its peer, and would be lost before. What is lost comes
   * again after a second only.
   */
  reached(): void {
    for (const candidate of this.#inside.candidates) {
      this.#connection.addRemoteCandidate(`candidate:${candidate}`, MEDIA_ID);
    }
  }

  fromOutside(packet: Buffer): void {
    this.#inside.send(packet);
  }

  fromInside(packet: Buffer): void {
    this.#outside.send(packet);
  }

  #answered(pattern: RegExp): string {
    return pattern.exec(this.#connection.localDescription()?.sdp ?? "")?.[1] ?? "";
  }

  #listen(): void {
    this.#connection.onStateChange((state) => {
      if (this.#closed) return;
      if (state === "connected") this.#handlers.onOpen();
      if (state !== "failed" && state !== "closed") return;
      this.close();
      this.#handlers.onClosed(
        state === "closed"
          ? new WebRtcError("webrtc-closed", "The publisher closed the connection.")
          : new WebRtcError("webrtc-closed", "The publisher could not be authenticated."),
      );
    });
    this.#connection.onDataChannel((channel) => {
      if (this.#dataChannel !== undefined || this.#closed) {
        channel.close();
        return;
      }
      this.#dataChannel = channel;
      channel.onMessage(() => undefined);
      // Without it closing frees no callback, and the process stays alive.
      channel.onClosed(() => undefined);
    });
  }

  /** What libdatachannel takes for its peer. */
  #offer({ fingerprint, setup, dataChannel }: RemotePeer): string {
    const { ufrag, pwd } = this.#inside.credentials;
    const transport = [
      "c=IN IP4 127.0.0.1",
      `a=ice-ufrag:${ufrag}`,
      `a=ice-pwd:${pwd}`,
      `a=fingerprint:${fingerprint}`,
      `a=setup:${setup}`,
    ];
    const data = [
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
      ...transport,
      `a=mid:${DATA_ID}`,
      "a=sctp-port:5000",
    ];
    return [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      `a=group:BUNDLE ${MEDIA_ID}${dataChannel ? ` ${DATA_ID}` : ""}`,
      "a=ice-lite",
      "m=video 9 UDP/TLS/RTP/SAVPF 96",
      ...transport,
      `a=mid:${MEDIA_ID}`,
      "a=sendonly",
      "a=rtcp-mux",
      "a=rtpmap:96 H264/90000",
      ...(dataChannel ? data : []),
      "",
    ].join("\r\n");
  }
}
