// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { TickstreamError } from "../errors.ts";
import { describeIssues, stringify } from "../fields.ts";
import { CLOSE_CODES, MAX_FRAME_BYTES, type CloseCode } from "./limits.ts";
import { nodeMessage, type NodeMessage } from "./node-messages.ts";
import { viewerMessage, type ViewerMessage } from "./viewer-messages.ts";

/**
 * A frame is no message of the pay socket. Codes `message-too-large`, `message-not-json`, `message-invalid`;
 * the socket is to be closed with `closeCode`.
 */
export class WireMessageError extends TickstreamError {
  override readonly name = "WireMessageError";
  readonly closeCode: CloseCode;

  constructor(
    code: "message-too-large" | "message-not-json" | "message-invalid",
    shortMessage: string,
    options: { details?: string; cause?: unknown } = {},
  ) {
    super(code, shortMessage, options);
    this.closeCode = code === "message-too-large" ? CLOSE_CODES.tooLarge : CLOSE_CODES.badMessage;
  }
}

/** A frame as sockets hand it over: text, or the text's bytes. */
export type Frame = string | Uint8Array | ArrayBuffer;

/**
 * What a viewer sent.
 *
 * @throws {@link WireMessageError}
 */
export function parseViewerMessage(frame: Frame): ViewerMessage {
  return parse(viewerMessage, frame);
}

/**
 * What a node sent.
 *
 * @throws {@link WireMessageError}
 */
export function parseNodeMessage(frame: Frame): NodeMessage {
  return parse(nodeMessage, frame);
}

/**
 * A message as the text of one frame. `u64` and `u128` become decimal strings, bytes `0x…`.
 *
 * @throws {@link WireMessageError} `message-too-large` where the other side would refuse it for its length
 */
export function encodeMessage(message: ViewerMessage | NodeMessage): string {
  const text = stringify(message);
  if (text.length > MAX_FRAME_BYTES) throw tooLarge(text.length);
  return text;
}

function parse<T extends z.core.$ZodType>(schema: T, frame: Frame): z.output<T> {
  const length = typeof frame === "string" ? frame.length : frame.byteLength;
  if (length > MAX_FRAME_BYTES) throw tooLarge(length);
  let value: unknown;
  try {
    value = JSON.parse(typeof frame === "string" ? frame : utf8.decode(frame));
  } catch (cause) {
    throw new WireMessageError("message-not-json", "The frame is no JSON.", { cause });
  }
  const result = z.safeParse(schema, value);
  if (!result.success) {
    throw new WireMessageError("message-invalid", "The frame is no message of this protocol.", {
      details: describeIssues(result.error),
    });
  }
  return result.data;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function tooLarge(length: number): WireMessageError {
  return new WireMessageError("message-too-large", "The frame is too long.", {
    details: `${length} of at most ${MAX_FRAME_BYTES} bytes`,
  });
}
