// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "react";
import type { PlayerActions } from "./use-player-actions.ts";

/** Title and picture where the system shows what plays, and its media keys. */
export function useMediaSession(options: {
  title: string;
  artist: string;
  picture: string | null;
  actions: PlayerActions | undefined;
}): void {
  const { title, artist, picture, actions } = options;
  useEffect(() => {
    if (!("mediaSession" in navigator) || !actions) return;
    const session = navigator.mediaSession;
    session.metadata = new MediaMetadata({
      title,
      artist,
      artwork: picture === null ? [] : [{ src: picture }],
    });
    session.setActionHandler("play", actions.togglePlay);
    session.setActionHandler("pause", actions.togglePlay);
    return () => {
      session.metadata = null;
      session.setActionHandler("play", null);
      session.setActionHandler("pause", null);
    };
  }, [title, artist, picture, actions]);
}
