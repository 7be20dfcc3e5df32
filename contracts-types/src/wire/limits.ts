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
