// SPDX-License-Identifier: Apache-2.0
import type { Latency, TransportChoice } from "@tickstream/sdk";
import { usePreference } from "@tickstream/ui";

export interface PlaybackChoice {
  latency: Latency;
  transport: TransportChoice;
}

export const LATENCIES: readonly Latency[] = ["lowest", "low", "steady"];
export const TRANSPORTS: readonly TransportChoice[] = ["auto", "hls", "webrtc"];

/** How somebody likes to watch, remembered for every stream. */
export function usePlaybackChoice() {
  const [latency, setLatency] = usePreference("latency", LATENCIES, "low");
  const [transport, setTransport] = usePreference("transport", TRANSPORTS, "auto");
  return { latency, setLatency, transport, setTransport };
}
