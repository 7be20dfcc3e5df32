// SPDX-License-Identifier: Apache-2.0
import { WebRtcError } from "../webrtc/errors.ts";
import {
  parseRtcp,
  roundTripMs,
  type ReferenceAnswer,
  writeBitrateLimit,
  writeNack,
  writePictureLoss,
  writeReceiverReport,
  writeReferenceTime,
} from "../webrtc/rtcp.ts";
import { isRtcp, parseRtp, type RtpPacket } from "../webrtc/rtp.ts";
import { TransportFeedback } from "../webrtc/transport-feedback.ts";
import { CLOCK_RATE, type VideoTrack } from "../media/frame.ts";
import type { ConnectionStats, PublisherSink } from "../media/publisher.ts";
import type { Picture, PictureReader } from "./rtp/picture.ts";
import { PictureCollector } from "./rtp/picture-collector.ts";
import { PICTURE_RATE, PublisherClock, SOUND_RATE } from "./rtp/publisher-clock.ts";
import { RtpSource } from "./rtp/rtp-source.ts";
import { SoundLine, webRtcOpusTrack } from "./rtp/sound-line.ts";

/** What was agreed on for one direction: from the publisher. */
export interface AgreedMedia {
  /** Id of the header extension that numbers all packets, where the publisher wants to be told of their arrival. */
  transportSequence?: number | undefined;
  picture?: {
    payloadType: number;
    read: PictureReader;
    retransmits: boolean;
    /** Payload type of packets that are sent again, where they have one. */
    repeatedType?: number | undefined;
  };
  sound?: {
    payloadType: number;
    retransmits: boolean;
    /** Id of the header extension that tells how loud a packet is (RFC 6464). */
    levelExtension: number | undefined;
  };
}

export interface WebRtcToStreamOptions {
  sink: PublisherSink;
  media: AgreedMedia;
  /** Sends RTCP to the publisher. */
  send: (packet: Buffer) => void;
  /** What is sent can't be carried: the publisher has to go. */
  onRefused: (reason: WebRtcError) => void;
}

/** How long a missing packet is waited for: longer, and viewers who are quick see the picture stand. Milliseconds. */
const PICTURE_WAIT_MS = 300;
const SOUND_WAIT_MS = 80;
/** Browsers send no keyframe by themselves; segments end at them, and viewers begin with them. Milliseconds. */
const KEYFRAME_EVERY_MS = 2_000;
/** While one is badly needed, it is asked for this often. */
const KEYFRAME_RETRY_MS = 300;
const REPORT_EVERY_MS = 1_000;
/** How often arrivals are told. */
const FEEDBACK_EVERY_MS = 60;
/** Sound that is this late is taken to be missing. Milliseconds of media. */
const SOUND_PATIENCE_MS = 400;
/** Sound waits this long for pictures that were agreed on: players that begin with sound alone show none later. */
const FIRST_PICTURE_PATIENCE_MS = 10_000;
/** An answer that took longer was meant for something else. */
const LONGEST_ROUND_TRIP_MS = 30_000;
/** What publishers are told to send at most, bits a second. */
const BITRATE_LIMIT = 20_000_000;
/** Pictures between two keyframes that come after one of a later time. */
const MOST_REORDERED = 3;

/** Turns what a WebRTC publisher sends into frames, and answers it with the RTCP that it needs to send well. */
export class WebRtcToStream {
  readonly #options: WebRtcToStreamOptions;
  readonly #clock = new PublisherClock();
  readonly #picture: RtpSource | undefined;
  readonly #sound: RtpSource | undefined;
  readonly #collector: PictureCollector | undefined;
  readonly #line: SoundLine;
  readonly #feedback = new TransportFeedback();
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32);
  /** The track that pictures belong to; its size and codec come with a keyframe. */
  #track: VideoTrack | undefined;
  #soundAnnounced = false;
  #soundSince: number | undefined;
  #now = 0;
  #pictureTime = -Infinity;
  #reordered = 0;
  #keyframeAt = -Infinity;
  #keyframeAskedAt = -Infinity;
  #keyframeWanted = false;
  #reportedAt = -Infinity;
  #feedbackAt = -Infinity;
  #level: number | undefined;
  #roundTripMs: number | undefined;

  constructor(options: WebRtcToStreamOptions) {
    this.#options = options;
    const { picture, sound } = options.media;
    this.#line = new SoundLine((dts, data) => {
      options.sink.frame({ kind: "audio", dts, cts: 0, keyframe: true, data });
    });
    if (picture !== undefined) {
      const collector = new PictureCollector({
        read: picture.read,
        onPicture: (read, timestamp) => this.#takePicture(read, timestamp),
        onBroken: () => this.requestKeyframe(),
      });
      this.#collector = collector;
      this.#picture = new RtpSource({
        clockRate: PICTURE_RATE,
        waitMs: PICTURE_WAIT_MS,
        onPacket: (packet, afterLoss) => collector.push(packet, afterLoss),
      });
    }
    if (sound !== undefined) {
      this.#sound = new RtpSource({
        clockRate: SOUND_RATE,
        waitMs: SOUND_WAIT_MS,
        onPacket: (packet) => this.#takeSound(packet),
      });
    }
  }

  /**
   * What came from the publisher, decrypted.
   *
   * @param now milliseconds of a clock that never goes back
   */
  packet(packet: Buffer, now: number): void {
    this.#now = now;
    if (isRtcp(packet)) {
      this.#takeReports(packet);
      return;
    }
    const rtp = parseRtp(packet);
    if (rtp === undefined) return;
    const { picture, sound, transportSequence } = this.#options.media;
    const number = transportSequence === undefined ? undefined : rtp.extensions.get(transportSequence);
    if (number?.length === 2) this.#feedback.received(number.readUInt16BE(), now);
    if (rtp.payloadType === picture?.payloadType) this.#picture?.push(rtp, now);
    else if (rtp.payloadType === sound?.payloadType) this.#sound?.push(rtp, now);
    else if (picture !== undefined && rtp.payloadType === picture.repeatedType) {
      this.#picture?.pushRepeated(rtp, picture.payloadType, now);
    }
  }

  /** To be called every 20 ms or so: asks for what is missing, fills in what stays away, reports. */
  tick(now: number): void {
    this.#now = now;
    const { picture, sound } = this.#options.media;
    this.#askAgain(this.#picture, picture?.retransmits);
    this.#askAgain(this.#sound, sound?.retransmits);
    this.#askForKeyframe();
    this.#fillSound();
    if (now - this.#feedbackAt >= FEEDBACK_EVERY_MS) this.#tellArrivals();
    if (now - this.#reportedAt >= REPORT_EVERY_MS) this.#report();
  }

  /** Somebody needs a picture that decodes by itself. */
  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** How packets come, of picture and sound together. */
  stats(): ConnectionStats {
    const sources = [this.#picture, this.#sound].flatMap((source) => source?.stats() ?? []);
    const sum = (name: "received" | "lost" | "recovered"): number =>
      sources.reduce((total, stats) => total + stats[name], 0);
    // Who does not answer reference times tells by how soon it sends again.
    const resends = sources.flatMap((source) => source.roundTripMs ?? []);
    return {
      packets: sum("received"),
      lost: sum("lost"),
      recovered: sum("recovered"),
      jitterMs: Math.max(0, ...sources.map(({ jitterMs }) => jitterMs)),
      roundTripMs: this.#roundTripMs ?? (resends.length === 0 ? null : Math.min(...resends)),
      level: this.#level ?? null,
    };
  }

  #takePicture({ keyframe, data, track }: Picture, timestamp: number): void {
    const { sink, onRefused } = this.#options;
    if (track !== undefined && track !== this.#track) {
      this.#track = track;
      sink.track(track);
    }
    const dts = this.#clock.picture(timestamp, this.#now);
    if (keyframe) {
      this.#keyframeAt = this.#now;
      this.#keyframeWanted = false;
      this.#reordered = 0;
    } else if (dts < this.#pictureTime && ++this.#reordered > MOST_REORDERED) {
      onRefused(
        new WebRtcError(
          "media-unsupported",
          "WebRTC can't carry B-frames: set the encoder's B-frames to 0 (x264: -bf 0).",
        ),
      );
      return;
    }
    this.#pictureTime = dts;
    this.#announceSound();
    sink.frame({ kind: "video", dts, cts: 0, keyframe, data });
  }

  #takeSound({ payload, timestamp, extensions }: RtpPacket): void {
    if (payload.length === 0) return;
    const { levelExtension } = this.#options.media.sound ?? {};
    const level = levelExtension === undefined ? undefined : extensions.get(levelExtension)?.[0];
    if (level !== undefined) this.#level = level & 127;
    if (this.#waitsForPicture()) return;
    this.#announceSound();
    this.#line.packet(this.#clock.sound(timestamp, this.#now), payload);
  }

  /** Whether pictures were agreed on and may still come: before them there is nothing to begin with. */
  #waitsForPicture(): boolean {
    if (this.#picture === undefined || this.#track !== undefined) return false;
    this.#soundSince ??= this.#now;
    return this.#now - this.#soundSince < FIRST_PICTURE_PATIENCE_MS;
  }

  /** Sound that was agreed on is announced at once: its line is filled even where none comes. */
  #announceSound(): void {
    if (this.#soundAnnounced || this.#sound === undefined) return;
    this.#soundAnnounced = true;
    this.#options.sink.track(webRtcOpusTrack());
  }

  #fillSound(): void {
    if (!this.#soundAnnounced || this.#pictureTime === -Infinity) return;
    const dueMs = this.#pictureTime / (CLOCK_RATE / 1_000) - SOUND_PATIENCE_MS;
    if (dueMs > 0) this.#line.fillTo(Math.round(dueMs * (SOUND_RATE / 1_000)));
  }

  #takeReports(compound: Buffer): void {
    for (const message of parseRtcp(compound)) {
      if (message.kind === "reference-answer") this.#takeAnswers(message.answers);
      if (message.kind !== "sender-report") continue;
      if (message.ssrc === this.#picture?.ssrc) {
        this.#picture.senderReport(message, this.#now);
        this.#clock.report("picture", message);
      } else if (message.ssrc === this.#sound?.ssrc) {
        this.#sound.senderReport(message, this.#now);
        this.#clock.report("sound", message);
      }
    }
  }

  #takeAnswers(answers: readonly ReferenceAnswer[]): void {
    const mine = answers.find(({ ssrc, lastReference }) => ssrc === this.#ssrc && lastReference !== 0);
    if (mine === undefined) return;
    const took = roundTripMs(mine, this.#now);
    // What was never sent can't have been answered.
    if (took > LONGEST_ROUND_TRIP_MS) return;
    this.#roundTripMs =
      this.#roundTripMs === undefined ? took : this.#roundTripMs + (took - this.#roundTripMs) / 8;
  }

  #askAgain(source: RtpSource | undefined, retransmits: boolean | undefined): void {
    const missing = source?.poll(this.#now) ?? [];
    if (missing.length === 0 || source?.ssrc === undefined || retransmits !== true) return;
    this.#options.send(writeNack(this.#ssrc, source.ssrc, missing));
  }

  #askForKeyframe(): void {
    const ssrc = this.#picture?.ssrc;
    if (ssrc === undefined) return;
    const sinceAsked = this.#now - this.#keyframeAskedAt;
    const badly = this.#keyframeWanted || this.#collector?.needsKeyframe === true;
    const due = this.#now - this.#keyframeAt >= KEYFRAME_EVERY_MS;
    if (!(badly && sinceAsked >= KEYFRAME_RETRY_MS) && !(due && sinceAsked >= KEYFRAME_EVERY_MS / 2)) return;
    this.#keyframeAskedAt = this.#now;
    this.#options.send(writePictureLoss(this.#ssrc, ssrc));
  }

  /** The sender finds by it how much its line carries. */
  #tellArrivals(): void {
    this.#feedbackAt = this.#now;
    const source = this.#picture?.ssrc ?? this.#sound?.ssrc;
    const packet = source === undefined ? undefined : this.#feedback.write(this.#ssrc, source);
    if (packet !== undefined) this.#options.send(packet);
  }

  #report(): void {
    this.#reportedAt = this.#now;
    const sources = [this.#picture, this.#sound].filter((source) => source !== undefined);
    const reports = sources.flatMap((source) => source.report(this.#now) ?? []);
    if (reports.length === 0) return;
    const { send, media } = this.#options;
    send(
      Buffer.concat([writeReceiverReport(this.#ssrc, reports), writeReferenceTime(this.#ssrc, this.#now)]),
    );
    // Who is told of arrivals finds the rate by itself, and would take the limit for the rate to begin with.
    if (media.transportSequence !== undefined) return;
    const ssrcs = reports.map(({ ssrc }) => ssrc);
    send(writeBitrateLimit(this.#ssrc, BITRATE_LIMIT, ssrcs));
  }
}
