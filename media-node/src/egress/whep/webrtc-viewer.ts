// SPDX-License-Identifier: Apache-2.0
import { TokenBucket } from "@tickstream/signaling/limits";
import { parseRtcp } from "../../webrtc/rtcp.ts";
import { LossWatch } from "../rtp/loss-watch.ts";
import type { PacketHistory, PacketizedFrame } from "../rtp/packet-history.ts";
import type { RtpSender } from "../rtp/rtp-sender.ts";

/** Which frames a viewer may have. */
export interface FrameGate {
  isOpen(epoch: number): boolean;
}

export interface WebRtcViewerOptions {
  gate: FrameGate;
  /** Undefined where the viewer takes no picture, or the stream has none. */
  video: RtpSender | undefined;
  audio: RtpSender | undefined;
  /** The picture's packets; undefined where the stream has none. */
  history: PacketHistory | undefined;
  /** Asks the publisher for a keyframe; false: its protocol can't. */
  requestKeyframe: () => boolean;
  /** There are packets to be sent by and by: {@link WebRtcViewer.catchUp} wants to be called. */
  onBehind: () => void;
}

/** What was not sent to a viewer on purpose. */
export interface ViewerDrops {
  /** Frames of epochs that were not bought. */
  unpaid: number;
  /** Frames between a gap and the next keyframe, and those its network could not take. */
  skipped: number;
}

/**
 * `gated`: the gate is closed; `waiting`: it is open, and a keyframe has to come first; `behind`: it gets what came since
 * the last keyframe, as fast as a network takes it; `live`: it gets each frame as it comes.
 */
type Phase = "gated" | "waiting" | "behind" | "live";

/** Between two pictures of a group that is caught up on, 90 kHz ticks: short enough not to be seen. */
const SQUEEZED_STEP = 90;
/** A player that lost its picture asks again and again until it has one. */
const RESTART_MS = 1_000;
/** Packets sent again a second, and at once: several percent of a high bitrate. */
const RESENDS_PER_SECOND = 200;
const RESEND_BURST = 400;

/** One viewer's place in a stream: what it is sent, and when. */
export class WebRtcViewer {
  readonly #options: WebRtcViewerOptions;
  readonly #loss = new LossWatch();
  readonly #resends = new TokenBucket(RESENDS_PER_SECOND, RESEND_BURST);
  readonly #drops: ViewerDrops = { unpaid: 0, skipped: 0 };
  #phase: Phase = "gated";
  #connected = false;
  /** While behind: the next frame of the group, by its position. */
  #cursor = 0;
  #restartedAt = Number.NEGATIVE_INFINITY;
  #forwardedAt = performance.now();
  /** When the first frame was forwarded that the player has said nothing since. */
  #unansweredSince: number | undefined;

  constructor(options: WebRtcViewerOptions) {
    this.#options = options;
  }

  get drops(): Readonly<ViewerDrops> {
    return this.#drops;
  }

  /** When it was last sent a frame; before that, when it came. Milliseconds of the monotonic clock. */
  get forwardedAt(): number {
    return this.#forwardedAt;
  }

  /** For how long frames have been forwarded without a word of the player's, milliseconds: players report every few seconds. */
  unanswered(now: number): number {
    return this.#unansweredSince === undefined ? 0 : now - this.#unansweredSince;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Packets can be sent from now on. */
  connect(): void {
    this.#connected = true;
    const newest = this.#options.history?.group().at(-1);
    if (newest !== undefined && this.#options.gate.isOpen(newest.epoch)) this.#begin();
  }

  /** The stream has a new picture. */
  video(frame: PacketizedFrame): void {
    if (!this.#connected || this.#options.video === undefined) return;
    if (!this.#options.gate.isOpen(frame.epoch)) {
      this.#phase = "gated";
      this.#drops.unpaid++;
      return;
    }
    if (frame.keyframe && this.#phase !== "behind") this.#phase = "live";
    else if (this.#phase === "gated") this.#begin();
    if (this.#phase === "behind") return;
    if (this.#loss.isResting(performance.now())) {
      if (!frame.keyframe) this.#phase = "waiting";
    } else if (this.#phase === "waiting") {
      this.#options.requestKeyframe();
    }
    if (this.#phase === "live") this.#forward(this.#options.video, frame);
    else this.#drops.skipped++;
  }

  /** The stream has new sound: it goes with the picture, so that neither begins without the other. */
  audio(frame: PacketizedFrame): void {
    const { audio, video, gate } = this.#options;
    if (!this.#connected || audio === undefined) return;
    if (!gate.isOpen(frame.epoch)) this.#drops.unpaid++;
    else if (video !== undefined && (this.#phase === "gated" || this.#phase === "waiting")) {
      this.#drops.skipped++;
    } else this.#forward(audio, frame);
  }

  /** Sends up to so many packets of what is behind. @returns whether more is left */
  catchUp(packets: number): boolean {
    const { video, gate } = this.#options;
    for (let left = packets; left > 0 && this.#phase === "behind";) {
      const group = this.#options.history?.group() ?? [];
      const [first] = group;
      // Another keyframe came meanwhile: what was before it need not be caught up on.
      this.#cursor = Math.max(this.#cursor, first?.position ?? 0);
      const frame = group[this.#cursor - (first?.position ?? 0)];
      if (first === undefined || video === undefined) {
        this.#phase = "waiting";
      } else if (frame === undefined) {
        this.#phase = "live";
      } else if (gate.isOpen(frame.epoch)) {
        this.#forward(video, frame);
        this.#cursor++;
        left -= Math.max(1, frame.packets.length);
      } else {
        this.#phase = "gated";
      }
    }
    return this.#phase === "behind";
  }

  /** What the viewer's player says of what it got. */
  feedback(packet: Buffer): void {
    this.#unansweredSince = undefined;
    for (const message of parseRtcp(packet)) {
      if (message.kind === "nack") this.#resend(message.sequences);
      else if (message.kind === "keyframe-request") this.#restart();
      else if (message.kind === "receiver-report") {
        const worst = Math.max(0, ...message.reports.map(({ fractionLost }) => fractionLost));
        this.#loss.report(worst, performance.now());
      }
    }
  }

  #resend(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      if (this.#resends.take()) this.#options.video?.resend(sequence);
    }
  }

  /** The player can't go on without a keyframe. */
  #restart(): void {
    const now = performance.now();
    if (!this.#connected || this.#phase === "gated" || now - this.#restartedAt < RESTART_MS) return;
    this.#restartedAt = now;
    if (!this.#options.requestKeyframe()) this.#begin();
  }

  /** Begins with the last keyframe, if all since then may be had; or waits for the next one. */
  #begin(): void {
    const { history, gate, video, onBehind } = this.#options;
    const group = history?.group() ?? [];
    const [first] = group;
    if (first === undefined || group.some(({ epoch }) => !gate.isOpen(epoch))) {
      this.#phase = "waiting";
      return;
    }
    this.#phase = "behind";
    this.#cursor = first.position;
    video?.squeeze(group, SQUEEZED_STEP);
    onBehind();
  }

  #forward(sender: RtpSender, frame: PacketizedFrame): void {
    sender.sendFrame(frame);
    this.#forwardedAt = performance.now();
    this.#unansweredSince ??= this.#forwardedAt;
  }
}
