// SPDX-License-Identifier: Apache-2.0
import { useClient } from "@tickstream/ui";
import { type RefCallback, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { PlaybackChoice } from "./use-playback-choice.ts";
import { IDLE, WatchController, type WatchState } from "./watch-controller.ts";

const SILENT = (): (() => void) => () => undefined;

/** The controller of a video element, which is there once the element is, and what it says. */
export function useWatch({ latency, transport }: PlaybackChoice): {
  watch: WatchController | undefined;
  state: WatchState;
  attach: RefCallback<HTMLVideoElement>;
} {
  const client = useClient();
  const [watch, setWatch] = useState<WatchController>();
  const attach = useCallback(
    (element: HTMLVideoElement) => {
      const made = new WatchController(client, element);
      setWatch(made);
      return () => {
        setWatch(undefined);
        void made.dispose();
      };
    },
    [client],
  );
  const state = useSyncExternalStore(watch?.subscribe ?? SILENT, () => watch?.state ?? IDLE);
  const { player } = state;
  useEffect(() => player?.setLatency(latency), [player, latency]);
  useEffect(() => player?.setTransport(transport), [player, transport]);
  return { watch, state, attach };
}
