// SPDX-License-Identifier: Apache-2.0
import { bytesToHex, type Hex } from "@tickstream/contracts-types";

/** Text as UTF-8, or bytes as they are, in hexadecimal. */
export function utf8ToHex(value: string | Uint8Array): Hex {
  return bytesToHex(typeof value === "string" ? new TextEncoder().encode(value) : value);
}
