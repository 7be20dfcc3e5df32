// SPDX-License-Identifier: Apache-2.0
import { TickstreamError } from "@tickstream/contracts-types";

/**
 * A peer of the RTMP port did what it must not: the connection is closed. Codes `rtmp-malformed`,
 * `rtmp-limit`, `rtmp-timeout`, `rtmp-refused`, `media-malformed`, `media-unsupported`.
 */
export class RtmpError extends TickstreamError {
  override readonly name = "RtmpError";
}

/** The RTMP port can't be listened on. Code `port-unavailable`. */
export class PortUnavailableError extends TickstreamError {
  override readonly name = "PortUnavailableError";

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const why =
      cause.code === "EADDRINUSE" ? "is in use by another program" : `can't be opened: ${cause.message}`;
    super("port-unavailable", `RTMP port ${port} on ${host} ${why}.`, { cause });
  }
}
