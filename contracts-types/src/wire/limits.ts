// SPDX-License-Identifier: Apache-2.0

/** The longest frame on the pay socket, in bytes. Longer ones close it unread. */
export const MAX_FRAME_BYTES = 16_384;

/** The most preview epochs one `watch` may ask for. */
export const MAX_PREVIEW_EPOCHS = 16;

/** The most epochs one `tick` may name, and one `keys` may carry. */
export const MAX_TICK_EPOCHS = 64;

/** The most ranges of bought epochs that one `opened` lists. */
export const MAX_BOUGHT_RANGES = 512;

/** The most payees that terms name (`MaxPayees` of the pallet). */
export const MAX_PAYEES = 8;

/** Why a pay socket was closed, as WebSocket close codes (RFC 6455 section 7.4.2: 4000–4999 are ours to give). */
export const CLOSE_CODES = {
  /** A frame was no message of the protocol. */
  badMessage: 4400,
  /** Nothing was heard for too long. */
  idle: 4408,
  /** A frame was longer than {@link MAX_FRAME_BYTES}. */
  tooLarge: 4413,
  /** Too many messages or sockets from one address. */
  tooMany: 4429,
  /** The node is stopping: reconnect later, or elsewhere. */
  draining: 4503,
} as const;

/** One of {@link CLOSE_CODES}. */
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];
