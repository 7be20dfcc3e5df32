// SPDX-License-Identifier: Apache-2.0
import type { FrameConsumer, PlacedFrame } from "../../media/fan-out.ts";
import { CLOCK_RATE, type AudioTrack, type Track, type TrackKind } from "../../media/frame.ts";
import type { WebRtcViewer } from "../whep/webrtc-viewer.ts";
import { isCarried, OutgoingTrack } from "./outgoing-track.ts";
import { OutputClock } from "./output-clock.ts";
import { ReportSchedule } from "./report-schedule.ts";
import type { RtpSender } from "./rtp-sender.ts";

/** What WebRTC output needs of a stream. */
export interface FrameSource {
  readonly tickMs: number;
  readonly hasBFrames: boolean;
  subscribe(consumer: FrameConsumer, options: { replay: boolean }): () => void;
  requestKeyframe(): boolean;
}

/** Makes Opus of a stream's AAC while somebody listens. */
export interface AudioTranscoder {
  track(track: AudioTrack): void;
  frame(frame: PlacedFrame): void;
  stop(): void;
}

/** Starts one. @param onPacket an Opus packet, and its time on the stream's clock in 90 kHz ticks */
export type StartTranscoder = (onPacket: (packet: Uint8Array, time: number) => void) => AudioTranscoder;

export interface StreamToWebRtcOptions {
  source: FrameSource;
  /** Undefined: sound that WebRTC does not carry is left out. */
  startTranscoder: StartTranscoder | undefined;
  /** Its viewers can't go on: their sessions have to be closed. */
  onBroken: (reason: "b-frames" | "codec-changed") => void;
}

interface Member {
  viewer: WebRtcViewer;
  video: RtpSender | undefined;
  audio: RtpSender | undefined;
}

/** What those who join between two keyframes are sent in one go: 30 kB each 4 ms, 60 Mbit/s. */
const CATCH_UP_PACKETS = 25;
const CATCH_UP_MS = 4;
/** Sound that comes out of the transcoder later than this, 90 kHz ticks: players would hold the picture back for it. */
const MAX_SOUND_LAG = 0.3 * CLOCK_RATE;

/**
 * A stream on its way to WebRTC viewers: every frame is cut into packets once, and each viewer forwards what it may have.
 * It exists while there are viewers.
 */
export class StreamToWebRtc implements FrameConsumer {
  readonly #options: StreamToWebRtcOptions;
  readonly #clock = new OutputClock();
  readonly #tracks: { video?: OutgoingTrack; audio?: OutgoingTrack } = {};
  /** The sound as it comes, where it has to be made into Opus. */
  #foreignAudio: AudioTrack | undefined;
  #transcoder: AudioTranscoder | undefined;
  readonly #members = new Map<WebRtcViewer, Member & { reports: ReportSchedule }>();
  /** Time of the newest frame, on the stream's clock. */
  #time = 0;
  #replaying = true;
  readonly #unsubscribe: () => void;
  #catchUp: NodeJS.Timeout | undefined;

  constructor(options: StreamToWebRtcOptions) {
    this.#options = options;
    this.#unsubscribe = options.source.subscribe(this, { replay: true });
    this.#replaying = false;
  }

  /** The picture's track, where there is one that WebRTC carries. */
  get video(): OutgoingTrack | undefined {
    return this.#tracks.video;
  }

  /** The sound's, as it comes or made into Opus. */
  get audio(): OutgoingTrack | undefined {
    return this.#tracks.audio;
  }

  get viewers(): number {
    return this.#members.size;
  }

  join(member: Member): void {
    this.#members.set(member.viewer, { ...member, reports: new ReportSchedule() });
    if (member.audio !== undefined) this.#transcode();
  }

  leave(viewer: WebRtcViewer): void {
    this.#members.delete(viewer);
    if (![...this.#members.values()].some(({ audio }) => audio !== undefined)) this.#endTranscoder();
  }

  /** A viewer has packets to be sent by and by. */
  behind(): void {
    this.#catchUp ??= setInterval(() => this.#catchUpAll(), CATCH_UP_MS);
  }

  stop(): void {
    this.#unsubscribe();
    this.#endTranscoder();
    clearInterval(this.#catchUp);
    this.#members.clear();
  }

  track(track: Track): void {
    if (track.kind === "audio" && !isCarried(track)) {
      this.#foreignAudio = track;
      this.#transcoder?.track(track);
      if (this.#options.startTranscoder === undefined) return;
      this.#setTrack({ ...track, codec: "Opus" });
    } else {
      if (track.kind === "audio") this.#endTranscoder();
      if (track.kind === "audio") this.#foreignAudio = undefined;
      if (isCarried(track)) this.#setTrack(track);
      else if (this.#tracks[track.kind] !== undefined) this.#options.onBroken("codec-changed");
    }
  }

  trackGone(kind: TrackKind): void {
    if (kind === "audio") this.#endTranscoder();
  }

  frame(frame: PlacedFrame): void {
    const now = performance.now();
    this.#time = frame.time;
    if (!this.#replaying) this.#clock.follow(frame.time, performance.timeOrigin + now);
    this.#report(now);
    if (frame.kind === "video") this.#video(frame);
    else if (this.#foreignAudio === undefined) this.#audio(frame);
    else this.#transcoder?.frame(frame);
  }

  #video(frame: PlacedFrame): void {
    if (this.#options.source.hasBFrames) {
      this.#options.onBroken("b-frames");
      return;
    }
    const packetized = this.#tracks.video?.packetize(frame);
    if (packetized === undefined) return;
    for (const { viewer } of this.#members.values()) viewer.video(packetized);
  }

  #audio(frame: PlacedFrame): void {
    const packetized = this.#tracks.audio?.packetize(frame);
    if (packetized === undefined) return;
    for (const { viewer, audio } of this.#members.values()) if (audio !== undefined) viewer.audio(packetized);
  }

  #setTrack(track: Track): void {
    const known = this.#tracks[track.kind];
    if (known === undefined) this.#tracks[track.kind] = new OutgoingTrack(track, this.#clock);
    else if (known.codec === track.codec) known.reconfigure(track);
    else this.#options.onBroken("codec-changed");
  }

  #transcode(): void {
    const { startTranscoder, source } = this.#options;
    if (this.#transcoder !== undefined || this.#foreignAudio === undefined) return;
    const epochTicks = (source.tickMs * CLOCK_RATE) / 1_000;
    this.#transcoder = startTranscoder?.((data, time) => {
      // A transcoder that has just started works off what came meanwhile.
      if (this.#time - time > MAX_SOUND_LAG) return;
      const epoch = Math.floor(time / epochTicks);
      this.#audio({ kind: "audio", dts: time, cts: 0, keyframe: true, data, time, epoch });
    });
    this.#transcoder?.track(this.#foreignAudio);
  }

  #endTranscoder(): void {
    this.#transcoder?.stop();
    this.#transcoder = undefined;
  }

  /** Both tracks of a viewer in one go: their players keep sound and picture together by it. */
  #report(now: number): void {
    const ntp = this.#clock.ntp(this.#time);
    for (const { viewer, video, audio, reports } of this.#members.values()) {
      if (!viewer.connected || !reports.takeDue(now)) continue;
      for (const [sender, track] of [
        [video, this.#tracks.video],
        [audio, this.#tracks.audio],
      ] as const) {
        if (track !== undefined) sender?.report(ntp, this.#clock.timestamp(this.#time, track.clockRate));
      }
    }
  }

  #catchUpAll(): void {
    let left = false;
    for (const { viewer } of this.#members.values()) left = viewer.catchUp(CATCH_UP_PACKETS) || left;
    if (left) return;
    clearInterval(this.#catchUp);
    this.#catchUp = undefined;
  }
}
