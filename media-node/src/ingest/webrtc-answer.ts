// SPDX-License-Identifier: Apache-2.0
import { WebRtcError } from "../webrtc/errors.ts";
import type { IceCredentials } from "../webrtc/ice-lite.ts";
import type { SdpCodec, SdpMedia, SessionDescription } from "../webrtc/sdp.ts";
import { TRANSPORT_SEQUENCE } from "../webrtc/transport-feedback.ts";
import { av1Reader } from "./rtp/av1-picture.ts";
import { h264Reader } from "./rtp/h264-picture.ts";
import type { PictureReader } from "./rtp/picture.ts";
import { vp8Reader } from "./rtp/vp8-picture.ts";
import { vp9Reader } from "./rtp/vp9-picture.ts";
import type { AgreedMedia } from "./webrtc-to-stream.ts";

/** What of an offer is taken. */
export interface Agreement {
  media: AgreedMedia;
  /** By section of the offer: the payload types that are taken, or none. */
  sections: readonly AgreedSection[];
}

/** `data`: the data channel; undefined: refused. */
type AgreedSection = readonly SdpCodec[] | "data" | undefined;

/** How the publisher reaches this node. */
export interface AnswerTransport {
  ice: IceCredentials;
  candidates: readonly string[];
  fingerprint: string;
  setup: "active" | "passive";
}

/** A codec that can be carried, as far as the offer describes it. */
interface CarriedCodec {
  name: string;
  /** Whether LL-HLS carries it, whose parts are what is sold. */
  inHls: boolean;
  fits: (codec: SdpCodec) => boolean;
  reader: (codec: SdpCodec) => PictureReader;
}

/** In the order of preference: what every player takes, what most take, and what LL-HLS can't carry. */
const PICTURE_CODECS: readonly CarriedCodec[] = [
  {
    name: "H264",
    inHls: true,
    fits: ({ parameters }) => parameters.get("packetization-mode") === "1",
    reader: ({ parameters }) => h264Reader(parameters.get("sprop-parameter-sets")),
  },
  {
    name: "H264",
    inHls: true,
    fits: ({ parameters }) => (parameters.get("packetization-mode") ?? "0") === "0",
    reader: ({ parameters }) => h264Reader(parameters.get("sprop-parameter-sets")),
  },
  {
    name: "VP9",
    inHls: true,
    fits: ({ parameters }) => (parameters.get("profile-id") ?? "0") === "0",
    reader: vp9Reader,
  },
  {
    name: "AV1",
    inHls: true,
    fits: ({ parameters }) => (parameters.get("profile") ?? "0") === "0",
    reader: av1Reader,
  },
  { name: "VP8", inHls: false, fits: () => true, reader: vp8Reader },
];
const PICTURE_CLOCK = 90_000;
const SOUND_CLOCK = 48_000;

const MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
const AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const EXTENSIONS = [MID, AUDIO_LEVEL, TRANSPORT_SEQUENCE];
const FEEDBACK = new Set(["nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"]);
/** Names that everybody writes so, case-insensitive as they are. */
const LOWER_CASE = new Set(["OPUS", "RTX"]);
/** Stereo is taken where the source has it (RFC 7587 section 6.1). */
const SOUND_PARAMETERS = "minptime=10;useinbandfec=1;stereo=1";
/** Level 5.2: up to 4096 × 2304 at 60 pictures a second. */
const HIGHEST_AVC_LEVEL = "34";
const DATA_CHANNEL_BYTES = 1_024;

/**
 * Chooses what to take of a publisher's offer: its first picture and its first sound, each in one codec.
 *
 * @param sold whether seconds of the stream are: each has to be in LL-HLS then
 * @throws WebRtcError `media-unsupported`, `codec-unsold`
 */
export function agree(offer: SessionDescription, sold: boolean): Agreement {
  const media: AgreedMedia = {};
  const sections = offer.media.map((section): AgreedSection => {
    if (section.kind === "application") return "data";
    if (section.direction === "recvonly" || section.direction === "inactive") return undefined;
    if (section.kind === "video" && media.picture === undefined) {
      const chosen = choosePicture(section);
      if (chosen === undefined) return undefined;
      // What LL-HLS can't carry is the last choice: nothing else was offered.
      if (sold && !chosen.inHls) throw unsold(chosen.codec);
      const { codec, reader } = chosen;
      const { payloadType } = codec;
      const repeated = section.codecs.find(
        ({ name, parameters }) => name === "RTX" && parameters.get("apt") === String(payloadType),
      );
      media.transportSequence = section.extensions.get(TRANSPORT_SEQUENCE);
      media.picture = {
        payloadType,
        read: reader(codec),
        retransmits: codec.feedback.includes("nack"),
        repeatedType: repeated?.payloadType,
      };
      return repeated === undefined ? [codec] : [codec, repeated];
    }
    if (section.kind === "audio" && media.sound === undefined) {
      const codec = section.codecs.find(
        ({ name, clockRate }) => name === "OPUS" && clockRate === SOUND_CLOCK,
      );
      if (codec === undefined) return undefined;
      media.sound = {
        payloadType: codec.payloadType,
        retransmits: codec.feedback.includes("nack"),
        levelExtension: section.extensions.get(AUDIO_LEVEL),
      };
      return [codec];
    }
    return undefined;
  });
  if (media.picture === undefined && media.sound === undefined) throw nothingFits(offer);
  return { media, sections };
}

function choosePicture({
  codecs,
}: SdpMedia): (Pick<CarriedCodec, "inHls" | "reader"> & { codec: SdpCodec }) | undefined {
  for (const { name, inHls, fits, reader } of PICTURE_CODECS) {
    const codec = codecs.find(
      (offered) => offered.name === name && offered.clockRate === PICTURE_CLOCK && fits(offered),
    );
    if (codec !== undefined) return { codec, inHls, reader };
  }
  return undefined;
}

function unsold({ name }: SdpCodec): WebRtcError {
  return new WebRtcError(
    "codec-unsold",
    `${name} can't be sold by the second, since LL-HLS does not carry it: send H.264, VP9 or AV1 video.`,
  );
}

function nothingFits(offer: SessionDescription): WebRtcError {
  const names = new Set(offer.media.flatMap(({ codecs }) => codecs.map(({ name }) => name)));
  return new WebRtcError(
    "media-unsupported",
    "Nothing that is offered can be taken: send H.264, VP9, AV1 or VP8 video, Opus audio.",
    { details: `offered: ${[...names].slice(0, 16).join(", ") || "nothing to receive"}` },
  );
}

/** The answer to an offer (RFC 8829 section 5.3.1), all sections on one transport. */
export function writeAnswer(
  offer: SessionDescription,
  { sections }: Agreement,
  transport: AnswerTransport,
): string {
  const taken = offer.media.filter((_, i) => sections[i] !== undefined);
  return [
    "v=0",
    `o=- ${Date.now()} 1 IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${taken.map(({ mid }) => mid).join(" ")}`,
    "a=ice-lite",
    "a=msid-semantic: WMS",
    ...offer.media.flatMap((section, i) => writeSection(section, sections[i], transport)),
    "",
  ].join("\r\n");
}

function writeSection(section: SdpMedia, chosen: AgreedSection, transport: AnswerTransport): string[] {
  const { kind, protocol, mid } = section;
  if (chosen === undefined) {
    return [`m=${kind} 0 ${protocol} ${section.formats}`, "c=IN IP4 0.0.0.0", `a=mid:${mid}`, "a=inactive"];
  }
  const formats =
    chosen === "data" ? section.formats : chosen.map(({ payloadType }) => payloadType).join(" ");
  return [
    `m=${kind} 9 ${protocol} ${formats}`,
    "c=IN IP4 0.0.0.0",
    ...transportLines(transport),
    `a=mid:${mid}`,
    ...(chosen === "data"
      ? ["a=sctp-port:5000", `a=max-message-size:${DATA_CHANNEL_BYTES}`]
      : mediaLines(section, chosen)),
  ];
}

function transportLines({ ice, candidates, fingerprint, setup }: AnswerTransport): string[] {
  return [
    ...iceLines(ice),
    `a=fingerprint:${fingerprint}`,
    `a=setup:${setup}`,
    ...candidates.map((candidate) => `a=candidate:${candidate}`),
    "a=end-of-candidates",
  ];
}

function iceLines({ ufrag, pwd }: IceCredentials): string[] {
  return [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`];
}

function mediaLines({ extensions }: SdpMedia, codecs: readonly SdpCodec[]): string[] {
  return [
    "a=recvonly",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    ...codecs.flatMap(codecLines),
    ...EXTENSIONS.flatMap((uri) => {
      const id = extensions.get(uri);
      return id === undefined ? [] : [`a=extmap:${id} ${uri}`];
    }),
  ];
}

function codecLines(codec: SdpCodec): string[] {
  const { payloadType, name, clockRate, channels, feedback } = codec;
  const format = name === "OPUS" ? SOUND_PARAMETERS : pictureParameters(codec);
  const encoding = LOWER_CASE.has(name) ? name.toLowerCase() : name;
  return [
    `a=rtpmap:${payloadType} ${encoding}/${clockRate}${channels > 1 ? `/${channels}` : ""}`,
    ...(format === "" ? [] : [`a=fmtp:${payloadType} ${format}`]),
    ...feedback.filter((value) => FEEDBACK.has(value)).map((value) => `a=rtcp-fb:${payloadType} ${value}`),
  ];
}

/** What was offered; of H.264 any level is taken where the offer leaves that to us (RFC 6184 section 8.2.2). */
function pictureParameters({ name, fmtp, parameters }: SdpCodec): string {
  const profile = parameters.get("profile-level-id") ?? "";
  if (name !== "H264" || !/^[0-9a-fA-F]{6}$/.test(profile)) return fmtp;
  const free = parameters.get("level-asymmetry-allowed") === "1";
  const level = free ? profile.slice(0, 4) + HIGHEST_AVC_LEVEL : profile;
  return [
    ...(free ? ["level-asymmetry-allowed=1"] : []),
    `packetization-mode=${parameters.get("packetization-mode") ?? "0"}`,
    `profile-level-id=${level}`,
  ].join(";");
}
