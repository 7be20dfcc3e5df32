// SPDX-License-Identifier: Apache-2.0
import type { StreamCodecs } from "@tickstream/contracts-types";
import type { AudioTrack, Track, VideoTrack } from "./frame.ts";

/** What a stream is made of, as RFC 6381 names it; `null` where there is nothing. */
export function codecsOf(tracks: readonly Track[]): StreamCodecs | null {
  if (tracks.length === 0) return null;
  const codecs: StreamCodecs = { video: null, audio: null };
  for (const track of tracks)
    codecs[track.kind] = track.kind === "video" ? videoName(track) : audioName(track);
  return codecs;
}

function videoName({ codec, config }: VideoTrack): string {
  const at = (index: number): number => config[index] ?? 0;
  switch (codec) {
    case "avc1":
      // Profile, constraints and level (ISO/IEC 14496-15, 5.4.1).
      return `avc1.${hex(at(1))}${hex(at(2))}${hex(at(3))}`;
    case "hvc1":
      return hevcName(at);
    case "av01": {
      // AV1 in ISO Base Media File Format, section 5.
      const level = (at(1) & 0x1f).toString().padStart(2, "0");
      const depth = (at(2) & 0x40) === 0 ? "08" : (at(2) & 0x20) === 0 ? "10" : "12";
      return `av01.${at(1) >> 5}.${level}${at(2) & 0x80 ? "H" : "M"}.${depth}`;
    }
    default:
      return codec;
  }
}

/** ISO/IEC 14496-15, Annex E.3. */
function hevcName(at: (index: number) => number): string {
  const space = ["", "A", "B", "C"][at(1) >> 6] ?? "";
  const compatibility = (((at(2) << 24) | (at(3) << 16) | (at(4) << 8) | at(5)) >>> 0)
    .toString(2)
    .padStart(32, "0");
  const reversed = Number.parseInt(compatibility.split("").toReversed().join(""), 2)
    .toString(16)
    .toUpperCase();
  const constraints = [6, 7, 8, 9, 10, 11].map(at);
  while (constraints.at(-1) === 0) constraints.pop();
  const tier = at(1) & 0x20 ? "H" : "L";
  const parts = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`);
  return `hvc1.${space}${at(1) & 0x1f}.${reversed}.${tier}${at(12)}${parts.join("")}`;
}

function audioName({ codec, config }: AudioTrack): string {
  if (codec === "Opus") return "opus";
  // AudioSpecificConfig begins with the object type (ISO/IEC 14496-3, 1.6.2.1).
  const [first = 0, second = 0] = config;
  const type = first >> 3;
  return `mp4a.40.${type === 31 ? 32 + (((first & 7) << 3) | (second >> 5)) : type}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
