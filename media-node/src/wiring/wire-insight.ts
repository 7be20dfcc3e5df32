// SPDX-License-Identifier: Apache-2.0
import type { Database } from "../database/open-database.ts";
import { findFfmpeg } from "../ffmpeg/find-ffmpeg.ts";
import { createFfmpegRunner } from "../ffmpeg/run-ffmpeg.ts";
import { startHistory, type History } from "../history/history.ts";
import { createPictureTaker, type PictureTaker } from "../pictures/picture-taker.ts";
import { createSourceChecks, type SourceChecks } from "../source-check/source-checks.ts";
import type { StreamRegistry } from "../streams/stream-registry.ts";
import type { AssembleOptions, OnStop } from "./assemble-options.ts";

/** What is known of streams: for those who choose one, and those who make one. */
export interface Insight {
  /** What the chain said of them. */
  history: History;
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

/** Pictures and source checks of every stream, and the history of what was paid. */
export function wireInsight(
  { config, chain, log }: AssembleOptions,
  sources: { database: Database; registry: StreamRegistry; ffmpeg: string | null; webrtc: boolean },
  onStop: OnStop,
): Insight {
  const { database, registry, ffmpeg, webrtc } = sources;
  const history = startHistory({
    database,
    chain: chain.history,
    from: config.historyFrom,
    log: log.child({ part: "history" }),
  });
  onStop(() => history.stop());
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
  return { history, pictures, sourceChecks };
}
