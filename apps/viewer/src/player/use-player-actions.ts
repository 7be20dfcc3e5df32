// SPDX-License-Identifier: Apache-2.0
import type { Player } from "@tickstream/sdk";
import { useMemo } from "react";
import { captionTracks } from "./use-media-state.ts";

/** Everything the controls, the keyboard and the media keys can do. */
export interface PlayerActions {
  togglePlay: () => void;
  toggleMute: () => void;
  setVolume: (volume: number) => void;
  toggleFullscreen: () => void;
  togglePictureInPicture: () => void;
  toggleCaptions: () => void;
  goLive: () => void;
}

/** A browser may refuse what only a click may start; the control then simply stays as it was. */
const refused = (): void => undefined;

export function usePlayerActions(
  video: HTMLVideoElement | null,
  stage: HTMLElement | null,
  player: Player | undefined,
): PlayerActions | undefined {
  return useMemo(
    () => (video && stage && player ? actionsOf(video, stage, player) : undefined),
    [video, stage, player],
  );
}

function actionsOf(video: HTMLVideoElement, stage: HTMLElement, player: Player): PlayerActions {
  const setVolume = (volume: number) => {
    video.volume = Math.min(1, Math.max(0, volume));
    video.muted = video.volume === 0;
  };
  return {
    togglePlay() {
      if (video.paused) video.play().catch(refused);
      else video.pause();
    },
    toggleMute() {
      video.muted = !video.muted;
      if (!video.muted && video.volume === 0) video.volume = 0.5;
    },
    setVolume,
    toggleFullscreen() {
      if (document.fullscreenElement) document.exitFullscreen().catch(refused);
      else if (stage.requestFullscreen) stage.requestFullscreen().catch(refused);
      else iphoneFullscreen(video);
    },
    togglePictureInPicture() {
      if (document.pictureInPictureElement) document.exitPictureInPicture().catch(refused);
      else video.requestPictureInPicture().catch(refused);
    },
    toggleCaptions() {
      const [first] = captionTracks(video);
      if (first) first.mode = first.mode === "showing" ? "hidden" : "showing";
    },
    goLive() {
      player.goLive();
      if (video.paused) video.play().catch(refused);
    },
  };
}

/** iPhones show full screen only the video itself, by a call of their own. */
function iphoneFullscreen(video: HTMLVideoElement): void {
  (video as HTMLVideoElement & { webkitEnterFullscreen?: () => void }).webkitEnterFullscreen?.();
}
