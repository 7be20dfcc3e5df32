// SPDX-License-Identifier: Apache-2.0
import type { WhepObstacle } from "@tickstream/contracts-types";
import type { Track } from "../../media/frame.ts";
import { isCarried } from "../rtp/outgoing-track.ts";

/** What says whether a stream can be watched over WebRTC; a `LiveStream` fits. */
export interface ObservedStream {
  readonly state: string;
  readonly hasBFrames: boolean;
  tracks(): readonly Track[];
}

/**
 * What keeps a stream from being watched over WebRTC, or `null`. A publisher that may come back is judged by what it sent.
 *
 * @param makesOpus whether sound can be made into what WebRTC carries
 */
export function whepObstacle(stream: ObservedStream, makesOpus: boolean): WhepObstacle | null {
  // The picture first: its sound alone is not what somebody comes for.
  const [leader] = stream.tracks();
  const isOnAir = stream.state === "live" || stream.state === "waiting";
  if (!isOnAir || leader === undefined) return "off-air";
  if (stream.hasBFrames) return "b-frames";
  return isCarried(leader) || (leader.kind === "audio" && makesOpus) ? null : "codec";
}
