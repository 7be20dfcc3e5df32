// SPDX-License-Identifier: Apache-2.0
import type { SourceProblem } from "@tickstream/contracts-types";
import type { SourceFigures } from "./source-monitor.ts";

/** What a source is judged by. */
export interface CheckedSource {
  figures: SourceFigures;
  /** Bits per second over the last seconds. */
  bitrate: number;
  /** Milliseconds between the last two keyframes, 0 while unknown. */
  gopMs: number;
  hasBFrames: boolean;
  /** Whether viewers may choose WebRTC here. */
  webrtc: boolean;
  /** Bits per second that its line carries, where known. */
  uplink: number | null;
  /** `null`: not measured. */
  audioPeakDb: number | null;
}

const NO_KEYFRAME_MS = 10_000;
const RARE_KEYFRAMES_MS = 4_500;
/** What a stream may take of a line, so that the rest evens out peaks. */
const UPLINK_SHARE = 0.8;
const LATE_MS = 1_000;
const VERY_LATE_MS = 4_000;
/** The part of the packets whose loss shows. */
const MUCH_LOSS = 0.01;
const UNSTEADY_SHARE = 0.1;
const SILENT_DB = -60;
const NO_SOUND_MS = 3_000;
const SEVERITIES = ["error", "warning", "info"] as const;

/** What is wrong with a source, the worst first; `null` is a source that is not there. */
export function checkSource(source: CheckedSource | null): SourceProblem[] {
  if (source === null) {
    return [
      {
        code: "no-source",
        severity: "error",
        message: "Nobody publishes to this stream.",
        advice: "Start streaming in OBS with the server and key shown here, or go live in the browser.",
      },
    ];
  }
  const problems = [...pictureProblems(source), ...lineProblems(source), ...soundProblems(source)];
  return problems.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function pictureProblems({ figures, gopMs, hasBFrames, webrtc }: CheckedSource): SourceProblem[] {
  const { video, keyframeAgeMs, ageMs, unsteady } = figures;
  if (video === null) {
    return [
      {
        code: "no-video",
        severity: "info",
        message: "The source sends sound only.",
        advice: "That is fine for radio. Otherwise add a picture to the scene.",
      },
    ];
  }
  const problems: SourceProblem[] = [];
  const withoutKeyframe = keyframeAgeMs ?? ageMs;
  if (withoutKeyframe > NO_KEYFRAME_MS) {
    problems.push({
      code: "no-keyframes",
      severity: "error",
      message: `There was no keyframe for ${seconds(withoutKeyframe)}: nobody who comes now sees a picture.`,
      advice: "Set the keyframe interval to 1 or 2 seconds (OBS: Settings > Output > Streaming).",
    });
  } else if (gopMs > RARE_KEYFRAMES_MS) {
    problems.push({
      code: "keyframes-rare",
      severity: "warning",
      message: `A keyframe comes every ${seconds(gopMs)} only: viewers wait that long for their first picture.`,
      advice: "Set the keyframe interval to 1 or 2 seconds (OBS: Settings > Output > Streaming).",
    });
  }
  if (hasBFrames) {
    problems.push({
      code: "b-frames",
      severity: webrtc ? "warning" : "info",
      message: webrtc
        ? "The picture has B-frames: viewers who choose the lowest delay (WebRTC) can't have it."
        : "The picture has B-frames, which add to the delay.",
      advice: "Set B-frames to 0, or tune for zero latency (x264: tune=zerolatency; NVENC: max B-frames 0).",
    });
  }
  if (unsteady !== null && unsteady > UNSTEADY_SHARE) {
    problems.push({
      code: "unstable-fps",
      severity: "warning",
      message: `${Math.round(unsteady * 100)} % of the last pictures did not come at the usual distance.`,
      advice:
        "The encoder may be overloaded: take a lower resolution, a faster preset or a hardware encoder.",
    });
  }
  return problems;
}

function lineProblems({ figures, bitrate, uplink }: CheckedSource): SourceProblem[] {
  const { lateMs, dropped, jumps } = figures;
  const problems: SourceProblem[] = [];
  if (uplink !== null && bitrate > uplink * UPLINK_SHARE) {
    problems.push({
      code: "bitrate-over-uplink",
      severity: bitrate > uplink ? "error" : "warning",
      message: `The source sends ${megabits(bitrate)}, your line carries ${megabits(uplink)}.`,
      advice: `Set the bitrate to ${megabits(uplink * UPLINK_SHARE)} or less, sound included.`,
    });
  }
  if (lateMs > LATE_MS) {
    problems.push({
      code: "late",
      severity: lateMs > VERY_LATE_MS ? "error" : "warning",
      message: `Media comes ${seconds(lateMs)} later than it could: the line to this node is too slow for ${megabits(bitrate)}.`,
      advice: "Lower the bitrate, or use a cable instead of Wi-Fi.",
    });
  }
  const lost = lossOf(figures);
  if (lost > MUCH_LOSS) {
    problems.push({
      code: "packets-lost",
      severity: "warning",
      message: `${(lost * 100).toFixed(1)} % of what was sent got lost on the way: the picture stutters.`,
      advice: "Lower the bitrate, or use a cable instead of Wi-Fi.",
    });
  }
  if (dropped > 0) {
    problems.push({
      code: "frames-dropped",
      severity: "warning",
      message: `${dropped} frames could not be used since the source connected.`,
      advice: "If the number keeps growing, restart the stream in the encoder.",
    });
  }
  if (jumps > 0) {
    problems.push({
      code: "timestamp-jumps",
      severity: "warning",
      message: `The source's clock leapt ${jumps === 1 ? "once" : `${jumps} times`} in the last minute: viewers see a cut.`,
      advice: "Leave the scene's media sources running, and don't let the computer sleep.",
    });
  }
  return problems;
}

/** The part of the packets that never came, 0 to 1. */
function lossOf({ publisher }: SourceFigures): number {
  const { packets, lost } = publisher.connection?.() ?? { packets: 0, lost: 0 };
  return lost === 0 ? 0 : lost / (packets + lost);
}

function soundProblems({ figures, audioPeakDb }: CheckedSource): SourceProblem[] {
  const { audio, audioAgeMs, ageMs } = figures;
  if (audio === null || (audioAgeMs ?? ageMs) > NO_SOUND_MS) {
    return [
      {
        code: "no-audio",
        severity: "warning",
        message: audio === null ? "The source sends no sound." : "The sound has stopped.",
        advice: "Add a microphone or other sound to the scene, if viewers should hear something.",
      },
    ];
  }
  if (audioPeakDb === null) {
    return [
      {
        code: "audio-not-measured",
        severity: "info",
        message: "This node can't tell how loud the sound is: it has no ffmpeg.",
        advice: "Listen to your stream yourself, in another window.",
      },
    ];
  }
  if (audioPeakDb > SILENT_DB) return [];
  return [
    {
      code: "silence",
      severity: "warning",
      message: "The sound is silence.",
      advice: "Check that the microphone is not muted, and that the mixer shows a level.",
    },
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

function megabits(bitsPerSecond: number): string {
  return `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
}
