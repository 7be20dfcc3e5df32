// SPDX-License-Identifier: Apache-2.0
import type { Track } from "../../media/frame.ts";
import type { SdpCodec, SdpMedia } from "../../webrtc/sdp.ts";

/** How each codec is called in session descriptions. */
const SDP_NAMES: Partial<Record<Track["codec"], string>> = {
  avc1: "H264",
  av01: "AV1",
  vp09: "VP9",
  vp08: "VP8",
  Opus: "OPUS",
};
/** `profile_idc` of H.264 (annex A.2), each of whose decoders plays those before it: Baseline, Main, High, High 10, 4:2:2, 4:4:4. */
const H264_PROFILES = [66, 77, 100, 110, 122, 244];

/** The payload type that a track can be sent as, of those that a viewer offers; undefined where none fits. */
export function chooseCodec(media: SdpMedia, track: Track): SdpCodec | undefined {
  const name = SDP_NAMES[track.codec];
  const named = media.codecs.filter((codec) => codec.name === name);
  switch (track.codec) {
    case "avc1":
      return chooseH264(named, Buffer.from(track.config));
    case "vp09":
      return named.find(({ parameters }) => Number(parameters.get("profile-id") ?? 0) === vp9Profile(track));
    case "av01":
      return named.find(({ parameters }) => Number(parameters.get("profile") ?? 0) >= av1Profile(track));
    default:
      return named[0];
  }
}

/** Only packetization mode 1 has room for large pictures; the profile has to be one that the viewer decodes. */
function chooseH264(offered: readonly SdpCodec[], avcC: Buffer): SdpCodec | undefined {
  const rank = (profile: number): number => H264_PROFILES.indexOf(profile);
  const rankOf = ({ parameters }: SdpCodec): number =>
    rank(Number.parseInt((parameters.get("profile-level-id") ?? "42e01f").slice(0, 2), 16));
  const needed = rank(avcC.readUInt8(1));
  return offered
    .filter(({ parameters }) => parameters.get("packetization-mode") === "1")
    .filter((codec) => needed >= 0 && rankOf(codec) >= needed)
    .toSorted((a, b) => rankOf(a) - rankOf(b))[0];
}

/** First byte behind version and flags of a `vpcC` box (VP codec ISO media file format section 2.2). */
const vp9Profile = (track: Track): number => track.config[4] ?? 0;
/** `seq_profile` of an `av1C` box (AV1 codec ISO media file format section 2.3.3). */
const av1Profile = (track: Track): number => (track.config[1] ?? 0) >> 5;
