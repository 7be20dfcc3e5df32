// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from "express";
import { networkAddress, TokenBucket } from "@tickstream/signaling/limits";
import { ApiFailure } from "./api-failure.ts";

/** Lets each network address make so many requests; how many addresses are remembered is bounded. */
export function rateLimiter(perSecond: number, burst: number, maxAddresses = 20_000): RequestHandler {
  const buckets = new Map<string, TokenBucket>();
  return (request, _response, next) => {
    const address = networkAddress(request.socket.remoteAddress);
    const bucket = buckets.get(address) ?? new TokenBucket(perSecond, burst);
    // The address heard of longest ago is forgotten first.
    buckets.delete(address);
    buckets.set(address, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= maxAddresses) break;
      buckets.delete(oldest);
    }
    if (!bucket.take()) throw new ApiFailure(429, "rate-limited", "Too many requests: wait a little.");
    next();
  };
}
