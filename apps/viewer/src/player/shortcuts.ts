// SPDX-License-Identifier: Apache-2.0
import { useEffect, useEffectEvent } from "react";
import type { PlayerActions } from "./use-player-actions.ts";

const VOLUME_STEP = 0.05;

/** What the keys do, in the order in which the help lists them. */
export const SHORTCUTS = [
  { keys: ["k", " "], does: "play" },
  { keys: ["m"], does: "mute" },
  { keys: ["ArrowUp"], does: "louder" },
  { keys: ["ArrowDown"], does: "softer" },
  { keys: ["f"], does: "fullscreen" },
  { keys: ["i"], does: "pip" },
  { keys: ["c"], does: "captions" },
  { keys: ["l"], does: "live" },
  { keys: ["s"], does: "stats" },
  { keys: ["?"], does: "help" },
] as const;

type ShortcutAction = (typeof SHORTCUTS)[number]["does"];

/** Where keys belong to what has the focus. */
const TYPING = "input, textarea, select, [contenteditable], [role=menu], [role=dialog], [role=slider]";

/** Single keys for the player, wherever the focus is but in something that takes keys itself. */
export function useShortcuts(options: {
  enabled: boolean;
  actions: PlayerActions | undefined;
  volume: number;
  toggleStats: () => void;
  toggleHelp: () => void;
}): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const { enabled, actions, volume, toggleStats, toggleHelp } = options;
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(TYPING)) return;
    // A button or link that has the focus is pressed by the space bar.
    if (event.key === " " && target?.closest("button, a, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const found = SHORTCUTS.find(({ keys }) => (keys as readonly string[]).includes(key));
    if (!found) return;
    const does: Record<ShortcutAction, (() => void) | undefined> = {
      play: actions?.togglePlay,
      mute: actions?.toggleMute,
      louder: actions && (() => actions.setVolume(volume + VOLUME_STEP)),
      softer: actions && (() => actions.setVolume(volume - VOLUME_STEP)),
      fullscreen: actions?.toggleFullscreen,
      pip: actions?.togglePictureInPicture,
      captions: actions?.toggleCaptions,
      live: actions?.goLive,
      stats: toggleStats,
      help: toggleHelp,
    };
    const action = does[found.does];
    if (!action) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const listening = new AbortController();
    window.addEventListener("keydown", (event) => press(event), { signal: listening.signal });
    return () => listening.abort();
  }, []);
}
