// SPDX-License-Identifier: Apache-2.0
import type {
  HlsConfig,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
  PlaylistLoaderConstructor,
  PlaylistLoaderContext,
} from "hls.js";
import { asError } from "../../errors.ts";
import { chooseJoin } from "../../media/choose-join.ts";
import type { MediaIndex } from "../../media/media-index.ts";
import { parseMediaPlaylist, type MediaPlaylist } from "../../media/media-playlist.ts";

export interface PlaylistLoaderOptions {
  /** What every playlist is fed to. */
  media: () => MediaIndex;
  /** Whether the viewer wants to join as late as can be. */
  joinsLate: () => boolean;
}

/** EXT-X-START points a little into the part, so that rounding never picks the one before. */
const INTO_PART_S = 0.02;

/**
 * The class hls.js loads playlists with (`pLoader`): the stock loader, except that every playlist feeds the media index
 * (tick length, key hashes, live edge) before hls.js sees it, and the first says where joining costs least.
 */
export function playlistLoader(
  Base: HlsConfig["loader"],
  options: PlaylistLoaderOptions,
): PlaylistLoaderConstructor {
  let first = true;
  class PlaylistLoader extends Base {
    override load(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, stats, loaded, network) => {
          try {
            const text = typeof response.data === "string" ? response.data : "";
            const playlist = parseMediaPlaylist(text);
            options.media().update(playlist, response.url);
            if (first && options.joinsLate()) response.data = withStart(text, playlist);
            first = false;
          } catch (error) {
            callbacks.onError({ code: 0, text: asError(error).message }, loaded, network, stats);
            return;
          }
          callbacks.onSuccess(response, stats, loaded, network);
        },
      });
    }
  }
  return PlaylistLoader as unknown as PlaylistLoaderConstructor &
    (new () => PlaylistLoader & { context: PlaylistLoaderContext });
}

/**
 * hls.js joins at the independent part before the hold-back point. Where a later one is there, each epoch before it is
 * money for nothing: EXT-X-START (RFC 8216 section 4.4.2.2) names it, and playback begins once enough is buffered.
 */
function withStart(text: string, playlist: MediaPlaylist): string {
  const holdBackMs = playlist.partHoldBackMs ?? 0;
  const join = chooseJoin(playlist, { wantedLatencyMs: Number.POSITIVE_INFINITY, patienceMs: 0 });
  if (!join || join.behindMs >= holdBackMs) return text;
  const offset = join.behindMs / 1_000 - INTO_PART_S;
  if (offset <= 0) return text;
  return text.replace("#EXTM3U", `#EXTM3U\n#EXT-X-START:TIME-OFFSET=-${offset.toFixed(3)}`);
}
