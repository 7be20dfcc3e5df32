// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { SdkError } from "../errors.ts";
import { isRetryable, PublishError } from "./publish-error.ts";
import { refusalOf } from "./signal-room.ts";

test("network faults may be tried again, refusals not", () => {
  expect(isRetryable(new SdkError("node-unreachable", "gone"))).toBe(true);
  expect(isRetryable(new PublishError("publish-lost", "gone", { retryable: true }))).toBe(true);
  expect(isRetryable(new PublishError("publish-refused", "no"))).toBe(false);
  expect(isRetryable(new TypeError("a bug"))).toBe(false);
});

test.each([
  ["credential-invalid", undefined, "publish-refused", false],
  ["stream-unknown", undefined, "publish-refused", false],
  ["offer-refused", "webrtc-unavailable", "webrtc-unavailable", false],
  ["offer-refused", "publisher-exists", "publish-busy", false],
  ["offer-refused", "no-codec", "publish-codec", false],
  ["node-absent", undefined, "publish-unreachable", true],
  ["rate-limited", undefined, "publish-unreachable", true],
] as const)("signaling's %s (%s) is %s for a publisher", (code, reason, expected, retryable) => {
  const error = refusalOf({ type: "error", code, message: "No.", ...(reason && { reason }) });
  expect(error.code).toBe(expected);
  expect(error.retryable).toBe(retryable);
  expect(error.shortMessage).toBe("No.");
});
