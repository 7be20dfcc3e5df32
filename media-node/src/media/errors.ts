// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/** Someone publishes to the stream already. Code `stream-in-use`. */
export class StreamInUseError extends TickstreamError {
  override readonly name = "StreamInUseError";

  constructor() {
    super("stream-in-use", "The stream is being published already; stop the other broadcast first.");
  }
}

/** The stream was ended by its creator. Code `stream-ended`. */
export class StreamEndedError extends TickstreamError {
  override readonly name = "StreamEndedError";

  constructor() {
    super("stream-ended", "The stream has ended; create a new one to go on air again.");
  }
}

/** What a publisher sends can't go on air. Codes `media-ahead-of-time`, `media-jumps`, `media-overflow`, … */
export class PublishRefusedError extends TickstreamError {
  override readonly name = "PublishRefusedError";
}
