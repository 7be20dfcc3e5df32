// SPDX-License-Identifier: Apache-2.0

// Frames of our WebSockets: JSON text of one message, bounded. Each protocol on top brings its schemas and its bound.

import * as z from "zod/mini";
import { CLOSE_CODES, type CloseCode } from "./close-codes.ts";
import { TickstreamError } from "./errors.ts";
import { describeIssues, stringify } from "./fields.ts";

/**
 * A frame is no message of the socket's protocol. Codes `message-too-large`, `message-not-json`, `message-invalid`;
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

/** @throws {@link WireMessageError} */
export function parseFrame<T extends z.core.$ZodType>(
  schema: T,
  frame: Frame,
  maxBytes: number,
): z.output<T> {
  const length = typeof frame === "string" ? frame.length : frame.byteLength;
  if (length > maxBytes) throw tooLarge(length, maxBytes);
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

/** @throws {@link WireMessageError} `message-too-large` where the other side would refuse it for its length */
export function encodeFrame(message: object, maxBytes: number): string {
  const text = stringify(message);
  if (text.length > maxBytes) throw tooLarge(text.length, maxBytes);
  return text;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function tooLarge(length: number, maxBytes: number): WireMessageError {
  return new WireMessageError("message-too-large", "The frame is too long.", {
    details: `${length} of at most ${maxBytes} bytes`,
  });
}
