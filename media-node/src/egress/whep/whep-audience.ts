// SPDX-License-Identifier: Apache-2.0
import { WebRtcError } from "../../webrtc/errors.ts";
import type { IceSettings } from "../../webrtc/ice-config.ts";
import { parseSdp, type SdpMedia } from "../../webrtc/sdp.ts";
import { StreamToWebRtc, type FrameSource, type StartTranscoder } from "../rtp/stream-to-webrtc.ts";
import { chooseCodec } from "./choose-codec.ts";
import { WebRtcViewer, type FrameGate } from "./webrtc-viewer.ts";
import { openWhepSession, type AnsweredMedia, type WhepSession } from "./whep-session.ts";

export interface WhepAudienceOptions {
  source: FrameSource & { onState(listener: (state: string) => void): () => void };
  ice: IceSettings;
  startTranscoder: StartTranscoder | undefined;
  /** How long a viewer may take to connect, milliseconds. */
  connectMs: number;
  /** How long one may stay that nothing is forwarded to, milliseconds. */
  idleMs: number;
  /** The last viewer is gone, and everything has been let go of. */
  onEmpty: () => void;
}

/** Counted over all viewers since the start. */
export interface WhepStats {
  viewers: number;
  packets: number;
  bytes: number;
  /** Packets that the network did not take. */
  unsent: number;
  /** Packets sent again. */
  resent: number;
  /** Frames not forwarded since they were not bought. */
  unpaid: number;
  /** Frames not forwarded for want of a keyframe, or of a network that carries them. */
  skipped: number;
}

/** A viewer that was answered. */
export interface WhepMember {
  readonly answer: string;
  readonly closed: Promise<void>;
  addCandidate(candidate: string, mid: string): void;
  close(): void;
}

interface Member extends WhepMember {
  viewer: WebRtcViewer;
  session: WhepSession;
}

const SWEEP_MS = 1_000;
/** A player that says nothing of what it gets for so long is gone: ICE would find out after half a minute. */
const MAX_SILENCE_MS = 12_000;

/** The WebRTC viewers of one stream, as long as there are any. */
export class WhepAudience {
  readonly #options: WhepAudienceOptions;
  readonly #output: StreamToWebRtc;
  readonly #members = new Set<Member>();
  readonly #sweep: NodeJS.Timeout;
  readonly #offState: () => void;
  readonly #gone: WhepStats = {
    viewers: 0,
    packets: 0,
    bytes: 0,
    unsent: 0,
    resent: 0,
    unpaid: 0,
    skipped: 0,
  };
  /** Offers that are being answered. */
  #arriving = 0;
  #over = false;

  constructor(options: WhepAudienceOptions) {
    this.#options = options;
    this.#output = new StreamToWebRtc({
      source: options.source,
      startTranscoder: options.startTranscoder,
      onBroken: () => this.#dismissAll(),
    });
    this.#offState = options.source.onState((state) => {
      if (state === "ended" || state === "idle") this.#dismissAll();
    });
    this.#sweep = setInterval(() => this.#letGoOfSilent(), SWEEP_MS);
  }

  get viewers(): number {
    return this.#members.size;
  }

  stats(): WhepStats {
    const sum = { ...this.#gone };
    for (const member of this.#members) count(sum, member);
    return sum;
  }

  /**
   * Answers a viewer's offer.
   *
   * @throws WebRtcError `sdp-invalid`, `media-unsupported`, `webrtc-timeout`
   */
  async welcome(sdp: string, gate: FrameGate): Promise<WhepMember> {
    const offer = parseSdp(sdp);
    const sections = offer.media.map((media) => this.#answer(media));
    const has = (kind: string): boolean =>
      sections.some(({ media, sent }) => media.kind === kind && sent !== undefined);
    // Sound alone is for who asks for sound alone. Firefox has no H.264 until its plugin is loaded: it plays over HLS.
    const asksForPicture = offer.media.some((media) => media.kind === "video" && receives(media));
    const lacksPicture = asksForPicture && this.#output.video !== undefined && !has("video");
    if (lacksPicture || !(has("video") || has("audio"))) throw this.#unsupported();
    this.#arriving++;
    try {
      return await this.#open(sdp, sections, gate);
    } finally {
      this.#arriving--;
    }
  }

  closeIfEmpty(): void {
    if (this.#members.size > 0 || this.#arriving > 0 || this.#over) return;
    this.#over = true;
    clearInterval(this.#sweep);
    this.#offState();
    this.#output.stop();
    this.#options.onEmpty();
  }

  stop(): void {
    this.#dismissAll();
    this.closeIfEmpty();
  }

  async #open(sdp: string, sections: readonly AnsweredMedia[], gate: FrameGate): Promise<WhepMember> {
    let end = (): void => {};
    const closed = new Promise<void>((resolve) => (end = resolve));
    const session = await openWhepSession({ sdp, sections, ice: this.#options.ice });
    const { video, audio } = session;
    const viewer = new WebRtcViewer({
      gate,
      video,
      audio,
      history: this.#output.video?.history,
      requestKeyframe: () => this.#options.source.requestKeyframe(),
      onBehind: () => this.#output.behind(),
    });
    const member: Member = {
      viewer,
      session,
      answer: session.answer,
      closed,
      addCandidate: (candidate, mid) => session.addCandidate(candidate, mid),
      close: () => {
        if (!this.#members.delete(member)) return;
        count(this.#gone, member);
        this.#output.leave(viewer);
        session.close();
        end();
        this.closeIfEmpty();
      },
    };
    this.#members.add(member);
    this.#output.join({ viewer, video, audio });
    session.listen({
      onFeedback: (packet) => viewer.feedback(packet),
      onConnected: () => viewer.connect(),
      onClosed: () => member.close(),
    });
    if (this.#over) member.close();
    return member;
  }

  #answer(media: SdpMedia): AnsweredMedia {
    const { video, audio } = this.#output;
    const track = media.kind === "video" ? video : media.kind === "audio" ? audio : undefined;
    const codec = track === undefined || !receives(media) ? undefined : chooseCodec(media, track.source);
    return { media, sent: track === undefined || codec === undefined ? undefined : { codec, track } };
  }

  #unsupported(): WebRtcError {
    const codecs = [this.#output.video, this.#output.audio].flatMap((track) => track?.codec ?? []);
    return new WebRtcError(
      "media-unsupported",
      "The viewer doesn't take the stream's codec over WebRTC; it plays over HLS.",
      { details: codecs.length === 0 ? "the stream has none that WebRTC carries" : codecs.join(", ") },
    );
  }

  #dismissAll(): void {
    for (const member of this.#members) member.close();
  }

  #letGoOfSilent(): void {
    const { connectMs, idleMs } = this.#options;
    const now = performance.now();
    for (const member of this.#members) {
      const { viewer } = member;
      const isSilent = viewer.unanswered(now) > MAX_SILENCE_MS;
      if (isSilent || now - viewer.forwardedAt > (viewer.connected ? idleMs : connectMs)) member.close();
    }
  }
}

const receives = ({ direction }: SdpMedia): boolean => direction === "recvonly" || direction === "sendrecv";

function count(sum: WhepStats, { viewer, session }: Member): void {
  for (const sender of [session.video, session.audio]) {
    sum.packets += sender?.stats.packets ?? 0;
    sum.bytes += sender?.stats.bytes ?? 0;
    sum.unsent += sender?.stats.unsent ?? 0;
    sum.resent += sender?.stats.resent ?? 0;
  }
  sum.unpaid += viewer.drops.unpaid;
  sum.skipped += viewer.drops.skipped;
}
