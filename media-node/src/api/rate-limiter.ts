// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from "express";
import { AddressRates, networkAddress } from "@tickstream/signaling/limits";
import { ApiFailure } from "./api-failure.ts";

/** Lets each network address make so many requests. */
export function rateLimiter(perSecond: number, burst: number): RequestHandler {
  const rates = new AddressRates(perSecond, burst);
  return (request, _response, next) => {
    if (!rates.take(networkAddress(request.socket.remoteAddress))) {
      throw new ApiFailure(429, "rate-limited", "Too many requests: wait a little.");
    }
    next();
  };
}
