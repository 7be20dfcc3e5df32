// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { formatBitrate } from "./bitrate.ts";

test("bitrates have the unit that fits, and the language's point", () => {
  expect(formatBitrate(2_512_345, "en")).toBe("2.51 Mbit/s");
  expect(formatBitrate(2_500_000, "de")).toBe("2,5 Mbit/s");
  expect(formatBitrate(640_400, "en")).toBe("640 kbit/s");
  expect(formatBitrate(0, "en")).toBe("0 kbit/s");
});
