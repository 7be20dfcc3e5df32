// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";
import { SdkError } from "../errors.ts";

/** Why nothing can be published; each has its own advice for the person in front of the page. */
export type PublishErrorCode =
  /** The person, or the system, does not let this page use camera, microphone or screen. */
  | "capture-refused"
  /** There is no such device. */
  | "capture-missing"
  /** The device is there, and another program has it. */
  | "capture-busy"
  /** This browser or page cannot capture: an old one, or no secure context. */
  | "capture-unavailable"
  /** The node knows no such stream key. */
  | "publish-refused"
  /** Someone publishes this stream already. */
  | "publish-busy"
  /** The node accepts none of this browser's codecs. */
  | "publish-codec"
  /** This node takes no WebRTC. */
  | "webrtc-unavailable"
  /** Offer and answer were exchanged, and no media came through: a firewall, most often. */
  | "publish-unreachable"
  /** The connection was lost and did not come back. */
  | "publish-lost";

/** Capturing or publishing failed. What another try can mend has `retryable`. */
export class PublishError extends SdkError {
  override readonly name = "PublishError";
  /** Whether trying again by itself makes sense. */
  readonly retryable: boolean;

  constructor(
    code: PublishErrorCode,
    sentence: string,
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(code, sentence, options.cause === undefined ? {} : { cause: options.cause });
    this.retryable = options.retryable ?? false;
  }
}

/** Whether a failed attempt may be repeated: network faults may, refusals not. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof PublishError) return error.retryable;
  return error instanceof TickstreamError && error.code === "node-unreachable";
}
