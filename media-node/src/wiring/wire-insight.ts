// SPDX-License-Identifier: Apache-2.0
import { findFfmpeg } from "../ffmpeg/find-ffmpeg.ts";
import { createFfmpegRunner } from "../ffmpeg/run-ffmpeg.ts";
import { createPictureTaker, type PictureTaker } from "../pictures/picture-taker.ts";
import { createSourceChecks, type SourceChecks } from "../source-check/source-checks.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { AssembleOptions, OnStop } from "./assemble-options.ts";

/** What is seen and heard of streams, for those who choose one and those who make one. */
export interface Insight {
  /** `null` without ffmpeg. */
  pictures: PictureTaker | null;
  sourceChecks: SourceChecks;
}

/** Path of ffmpeg, if there is one; the log says where there is none. */
export async function wireFfmpeg({ config, log }: AssembleOptions): Promise<string | null> {
  const ffmpeg = await findFfmpeg(config.ffmpegPath);
  if (ffmpeg === null) {
    log.warn(
      { ffmpegPath: config.ffmpegPath },
      "no ffmpeg: no pictures of streams, no sound of AAC sources over WebRTC, no check for silence",
    );
  }
  return ffmpeg;
}

/** Pictures and source checks of every stream. */
export function wireInsight(
  { log }: AssembleOptions,
  { registry, ffmpeg, webrtc }: { registry: StreamRegistry; ffmpeg: string | null; webrtc: boolean },
  onStop: OnStop,
): Insight {
  const runner = ffmpeg === null ? null : createFfmpegRunner({ path: ffmpeg });
  const pictures = runner && createPictureTaker({ ffmpeg: runner, log: log.child({ part: "pictures" }) });
  const sourceChecks = createSourceChecks({
    ffmpeg: runner,
    webrtc,
    log: log.child({ part: "source-check" }),
  });
  const off = registry.onEach(({ live }) => {
    const stops = [sourceChecks.watch(live), ...(pictures ? [pictures.watch(live)] : [])];
    return () => {
      for (const stop of stops) stop();
    };
  });
  onStop(async () => {
    off();
    await runner?.stop();
  });
  return { pictures, sourceChecks };
}
