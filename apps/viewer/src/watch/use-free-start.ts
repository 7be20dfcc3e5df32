// SPDX-License-Identifier: Apache-2.0
import type { StreamDetail } from "@tickstream/contracts-types";
import { useEffect, useEffectEvent, useRef } from "react";
import type { PlaybackChoice } from "./use-playback-choice.ts";
import type { WatchController } from "./watch-controller.ts";

/**
 * Once the stream is on air, what costs nothing begins by itself: a free stream, or a paid one's preview.
 *
 * @param goOn begins what was agreed to before instead, and says whether there was such a thing
 */
export function useFreeStart(
  stream: StreamDetail,
  watch: WatchController | undefined,
  choice: PlaybackChoice,
  goOn: (watch: WatchController) => boolean = () => false,
): void {
  const begun = useRef(false);
  const begin = useEffectEvent(() => {
    if (begun.current || !watch) return;
    begun.current = true;
    if (stream.pay === null) void watch.playFree(stream, choice);
    else if (!goOn(watch) && stream.previewTicks > 0) void watch.preview(stream, choice);
  });
  const onAir = isOnAir(stream);
  useEffect(() => {
    if (onAir && watch) begin();
  }, [onAir, watch]);
}

/** Whether there is something to see, now or as soon as an interruption is over. */
export function isOnAir({ state }: StreamDetail): boolean {
  return state === "live" || state === "waiting";
}
