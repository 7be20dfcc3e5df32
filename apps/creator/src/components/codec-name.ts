// SPDX-License-Identifier: Apache-2.0

/** By the beginning of RFC 6381's name, or WebRTC's own. */
const NAMES: readonly [RegExp, string][] = [
  [/^(avc[13]|h264)/i, "H.264"],
  [/^(hvc1|hev1|h265|hevc)/i, "H.265"],
  [/^(av01|av1)/i, "AV1"],
  [/^(vp09|vp9)/i, "VP9"],
  [/^(vp08|vp8)/i, "VP8"],
];

/** A video codec as people call it: `H.264` of `avc1.42c01f` or `H264`; what nobody knows here stays as it is. */
export function codecName(codec: string): string {
  return NAMES.find(([pattern]) => pattern.test(codec))?.[1] ?? codec;
}
