// SPDX-License-Identifier: Apache-2.0
import type { FfmpegRunner } from "../ffmpeg/run-ffmpeg.ts";
import { CLOCK_RATE, type VideoTrack } from "../media/frame.ts";
import { fragment } from "../packaging/fragment.ts";
import { initSection } from "../packaging/init-section.ts";

/** Pixels. */
const PICTURE_WIDTH = 640;
/** ffmpeg's own scale, 2 (best) to 31. */
const JPEG_QUALITY = 5;

/** A keyframe as a JPEG picture, 640 pixels wide at most. @throws FfmpegError */
export async function takePicture(
  ffmpeg: FfmpegRunner,
  track: VideoTrack,
  keyframe: Uint8Array,
): Promise<Buffer> {
  const sample = { dts: 0, duration: CLOCK_RATE / 25, cts: 0, keyframe: true, data: keyframe };
  // Whatever its codec, a file of one frame is what ffmpeg knows how to read.
  const file = Buffer.concat([initSection([track]), fragment(1, [{ kind: "video", samples: [sample] }])]);
  const args = [
    "-loglevel error -threads 1 -f mp4 -i pipe:0",
    `-frames:v 1 -vf scale='min(${PICTURE_WIDTH},iw)':-2 -q:v ${JPEG_QUALITY}`,
    "-f mjpeg pipe:1",
  ];
  const { output } = await ffmpeg.run(args.join(" ").split(" "), file);
  return output;
}
