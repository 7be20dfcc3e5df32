// SPDX-License-Identifier: Apache-2.0
import type { FfmpegRunner } from "../ffmpeg/run-ffmpeg.ts";
import type { PlacedFrame } from "../media/fan-out.ts";
import type { AudioTrack } from "../media/frame.ts";
import { fragment } from "../packaging/fragment.ts";
import { initSection } from "../packaging/init-section.ts";

/** What ffmpeg's `volumedetect` says of digital silence; there is no lower level to speak of. */
const SILENCE_DB = -91;

/** The loudest of some sound, in dB below full scale. @throws FfmpegError */
export async function measurePeak(
  ffmpeg: FfmpegRunner,
  { track, frames }: { track: AudioTrack; frames: readonly PlacedFrame[] },
): Promise<number> {
  const samples = frames.map(({ cts, keyframe, data }, i) => ({
    dts: i * track.frameDuration,
    duration: track.frameDuration,
    cts,
    keyframe,
    data,
  }));
  const file = Buffer.concat([initSection([track]), fragment(1, [{ kind: "audio", samples }])]);
  const args = ["-f", "mp4", "-i", "pipe:0", "-af", "volumedetect", "-f", "null", "-"];
  const { said } = await ffmpeg.run(args, file);
  const peak = /max_volume: (-?[0-9.]+) dB/.exec(said)?.[1];
  // It says nothing where not one sample came out.
  return peak === undefined ? SILENCE_DB : Math.max(SILENCE_DB, Number(peak));
}
