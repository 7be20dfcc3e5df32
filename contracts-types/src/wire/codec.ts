// SPDX-License-Identifier: Apache-2.0
import { encodeFrame, parseFrame, type Frame } from "../frame.ts";
import { MAX_FRAME_BYTES } from "./limits.ts";
import { nodeMessage, type NodeMessage } from "./node-messages.ts";
import { viewerMessage, type ViewerMessage } from "./viewer-messages.ts";

/**
 * What a viewer sent.
 *
 * @throws WireMessageError
 */
export function parseViewerMessage(frame: Frame): ViewerMessage {
  return parseFrame(viewerMessage, frame, MAX_FRAME_BYTES);
}

/**
 * What a node sent.
 *
 * @throws WireMessageError
 */
export function parseNodeMessage(frame: Frame): NodeMessage {
  return parseFrame(nodeMessage, frame, MAX_FRAME_BYTES);
}

/**
 * A message as the text of one frame. `u64` and `u128` become decimal strings, bytes `0x…`.
 *
 * @throws WireMessageError `message-too-large` where the other side would refuse it for its length
 */
export function encodeMessage(message: ViewerMessage | NodeMessage): string {
  return encodeFrame(message, MAX_FRAME_BYTES);
}
