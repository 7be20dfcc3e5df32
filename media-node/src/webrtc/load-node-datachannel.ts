// SPDX-License-Identifier: Apache-2.0
import type * as nodeDatachannel from "node-datachannel";
import { WebRtcError } from "./errors.ts";

/** libdatachannel, by its Node binding. */
export type NodeDatachannel = typeof nodeDatachannel;

let loaded: Promise<NodeDatachannel> | undefined;

/**
 * The WebRTC library, loaded when it is first needed: it is native code, which not every platform has.
 *
 * @throws WebRtcError `webrtc-unavailable`
 */
export function loadNodeDatachannel(): Promise<NodeDatachannel> {
  return (loaded ??= load());
}

async function load(): Promise<NodeDatachannel> {
  try {
    return await import("node-datachannel");
  } catch (cause) {
    throw new WebRtcError(
      "webrtc-unavailable",
      `This node can't take part in WebRTC: there is no library for ${process.platform} on ${process.arch}.`,
      { cause },
    );
  }
}
