// SPDX-License-Identifier: Apache-2.0
import type { IngestStats, SourceCheck } from "@tickstream/contracts-types";
import type { FfmpegRunner } from "../ffmpeg/run-ffmpeg.ts";
import { codecsOf } from "../media/codec-names.ts";
import type { LiveStream, PublisherOfNow } from "../media/stream.ts";
import { measurePeak } from "./audio-level.ts";
import { checkSource } from "./check-source.ts";
import { SourceMonitor } from "./source-monitor.ts";

export interface SourceChecksOptions {
  /** `null`: how loud a source is cannot be told. */
  ffmpeg: FfmpegRunner | null;
  /** Whether viewers may choose WebRTC here. */
  webrtc: boolean;
  log: { warn(fields: object, message: string): void };
}

/** What comes in from the sources of all streams, and what is wrong with it. */
export interface SourceChecks {
  /** Watches a stream's source. @returns the way to stop it */
  watch(stream: LiveStream): () => void;
  /** `null` while nobody publishes. */
  ingest(stream: string): IngestStats | null;
  /** @param uplink bits per second that the source's line carries upwards, where known */
  check(stream: string, uplink: number | null): Promise<SourceCheck>;
}

/** Listening takes a process: a few seconds old is good enough. */
const PEAK_FRESH_MS = 4_000;

interface Watched {
  stream: LiveStream;
  monitor: SourceMonitor;
  peak?: { at: number; db: Promise<number | null> };
}

export function createSourceChecks({ ffmpeg, webrtc, log }: SourceChecksOptions): SourceChecks {
  const watched = new Map<string, Watched>();

  const peakOf = (source: Watched): Promise<number | null> => {
    const { peak, monitor } = source;
    if (peak && performance.now() - peak.at < PEAK_FRESH_MS) return peak.db;
    const sound = ffmpeg && monitor.sound();
    if (!sound) return Promise.resolve(null);
    const db = measurePeak(ffmpeg, sound).catch((error: unknown) => {
      log.warn({ stream: source.stream.id, err: error }, "the sound could not be measured");
      return null;
    });
    source.peak = { at: performance.now(), db };
    return db;
  };

  return {
    watch(stream) {
      const monitor = new SourceMonitor(stream);
      const source: Watched = { stream, monitor };
      watched.set(stream.id, source);
      const unsubscribe = stream.subscribe(monitor);
      return () => {
        unsubscribe();
        if (watched.get(stream.id) === source) watched.delete(stream.id);
      };
    },
    ingest(id) {
      const { stream, monitor } = watched.get(id) ?? {};
      const figures = monitor?.figures();
      if (!stream || !figures) return null;
      const { bitrate, fps, gopMs, frames, hasBFrames } = stream.stats();
      const { publisher, video, audio } = figures;
      const tracks = [...(video ? [video] : []), ...(audio ? [audio] : [])];
      return {
        protocol: publisher.protocol,
        connectedAt: publisher.since.toISOString(),
        codecs: codecsOf(tracks) ?? { video: null, audio: null },
        width: video?.width ?? null,
        height: video?.height ?? null,
        bitrate,
        fps,
        gopMs: gopMs === 0 ? null : gopMs,
        keyframeAgeMs: figures.keyframeAgeMs,
        frames,
        droppedFrames: figures.dropped,
        bFrames: hasBFrames,
        lateMs: figures.lateMs,
        connection: connectionOf(publisher),
      };
    },
    async check(id, uplink) {
      const source = watched.get(id);
      const figures = source?.monitor.figures();
      const checkedAt = new Date().toISOString();
      if (!source || !figures)
        return { checkedAt, problems: checkSource(null), audioPeakDb: null, bitrate: 0 };
      const { connection } = figures.publisher;
      const level = connection?.().level ?? null;
      const audioPeakDb = (await peakOf(source)) ?? (level === null ? null : -level);
      const { bitrate, gopMs, hasBFrames } = source.stream.stats();
      const problems = checkSource({ figures, bitrate, gopMs, hasBFrames, webrtc, uplink, audioPeakDb });
      return { checkedAt, problems, audioPeakDb, bitrate };
    },
  };
}

function connectionOf({ connection }: PublisherOfNow): IngestStats["connection"] {
  if (connection === undefined) return null;
  const { packets, lost, recovered, jitterMs, roundTripMs } = connection();
  return { packets, lost, recovered, jitterMs, roundTripMs };
}
