// SPDX-License-Identifier: Apache-2.0
import { encodeFrame, parseFrame, type Frame } from "../frame.ts";
import { instanceMessage, type InstanceMessage } from "./instance-messages.ts";
import { MAX_INSTANCE_MESSAGE_BYTES, MAX_SIGNAL_FRAME_BYTES } from "./limits.ts";
import { peerMessage, type PeerMessage } from "./peer-messages.ts";
import { serverMessage, type ServerMessage } from "./server-messages.ts";

/**
 * What a peer sent to a signaling server.
 *
 * @throws WireMessageError
 */
export function parsePeerMessage(frame: Frame): PeerMessage {
  return parseFrame(peerMessage, frame, MAX_SIGNAL_FRAME_BYTES);
}

/**
 * What a signaling server sent.
 *
 * @throws WireMessageError
 */
export function parseServerMessage(frame: Frame): ServerMessage {
  return parseFrame(serverMessage, frame, MAX_SIGNAL_FRAME_BYTES);
}

/**
 * A message as the text of one frame.
 *
 * @throws WireMessageError `message-too-large` where the other side would refuse it for its length
 */
export function encodeSignal(message: PeerMessage | ServerMessage): string {
  return encodeFrame(message, MAX_SIGNAL_FRAME_BYTES);
}

/**
 * What another instance of this server sent.
 *
 * @throws WireMessageError
 */
export function parseInstanceMessage(frame: Frame): InstanceMessage {
  return parseFrame(instanceMessage, frame, MAX_INSTANCE_MESSAGE_BYTES);
}

/** A message for another instance. @throws WireMessageError `message-too-large` */
export function encodeInstanceMessage(message: InstanceMessage): string {
  return encodeFrame(message, MAX_INSTANCE_MESSAGE_BYTES);
}
