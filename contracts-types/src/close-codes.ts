// SPDX-License-Identifier: Apache-2.0

/** Why one of our sockets was closed, as WebSocket close codes (RFC 6455 section 7.4.2: 4000–4999 are ours to give). */
export const CLOSE_CODES = {
  /** A frame was no message of the protocol. */
  badMessage: 4400,
  /** Nothing was heard for too long. */
  idle: 4408,
  /** A frame was longer than the protocol allows. */
  tooLarge: 4413,
  /** Too many messages or sockets from one address. */
  tooMany: 4429,
  /** The server is stopping: reconnect later, or elsewhere. */
  draining: 4503,
} as const;

/** One of {@link CLOSE_CODES}. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];
