// SPDX-License-Identifier: Apache-2.0
import {
  formatAmount,
  planck,
  type NodeInfo,
  type Planck,
  type StreamDetail,
} from "@tickstream/contracts-types";

const MINUTE_MS = 60_000n;
/** Where the page names no limit: so many minutes' worth. */
const DEFAULT_MINUTES = 10n;

/** A stream with what it costs, in the words of its token. */
export interface StreamOffer {
  stream: StreamDetail;
  info: NodeInfo;
}

export function isFree({ stream }: StreamOffer): boolean {
  return stream.rate === 0n;
}

/** What a minute costs at this rate, in plancks, rounded up. */
export function perMinute(rate: bigint, tickMs: number): Planck {
  const tick = BigInt(tickMs);
  return planck((rate * MINUTE_MS + tick - 1n) / tick);
}

export function defaultLimit({ stream, info }: StreamOffer): Planck {
  return planck(perMinute(stream.rate, stream.tickMs) * DEFAULT_MINUTES + info.openFee);
}

export function inWords(amount: Planck, { info }: StreamOffer): string {
  return formatAmount(amount, info.token);
}
