// SPDX-License-Identifier: Apache-2.0

// Written by `npm run generate:types` from the metadata that the built runtime gives of itself. Do not edit.

/**
 * Of the pallet that these types were made for: names, indices and shapes of its calls, events, errors, storage
 * and constants. A chain whose pallet has another is spoken to in another language.
 */
export const TICK_STREAM_FINGERPRINT =
  "0xb24f54c0d4cc3c2e93b6588f036dea38879adb3e08c72b974bd6720dbdae5004";
