// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";

/** What the controls show of the element. */
export interface MediaState {
  paused: boolean;
  muted: boolean;
  /** 0 to 1. */
  volume: number;
  pictureInPicture: boolean;
  captions: boolean;
  captionTracks: number;
}

const EVENTS = [
  "play",
  "pause",
  "volumechange",
  "enterpictureinpicture",
  "leavepictureinpicture",
  "loadedmetadata",
] as const;

/** Follows a video element, whoever changes it: these controls, the keyboard's media keys, or the browser. */
export function useMediaState(video: HTMLVideoElement | null): MediaState {
  const [state, setState] = useState<MediaState>(() => stateOf(video));
  useEffect(() => {
    if (!video) return;
    const listening = new AbortController();
    const { signal } = listening;
    const look = () => setState(stateOf(video));
    for (const event of EVENTS) video.addEventListener(event, look, { signal });
    for (const event of ["addtrack", "removetrack", "change"]) {
      video.textTracks.addEventListener(event, look, { signal });
    }
    return () => listening.abort();
  }, [video]);
  return state;
}

/** Tracks that people read; others carry the player's own data. */
export function captionTracks(video: HTMLVideoElement): TextTrack[] {
  return [...video.textTracks].filter(({ kind }) => kind === "captions" || kind === "subtitles");
}

function stateOf(video: HTMLVideoElement | null): MediaState {
  if (!video) {
    return {
      paused: true,
      muted: false,
      volume: 1,
      pictureInPicture: false,
      captions: false,
      captionTracks: 0,
    };
  }
  const tracks = captionTracks(video);
  return {
    paused: video.paused,
    muted: video.muted,
    volume: video.volume,
    pictureInPicture: document.pictureInPictureElement === video,
    captions: tracks.some(({ mode }) => mode === "showing"),
    captionTracks: tracks.length,
  };
}
