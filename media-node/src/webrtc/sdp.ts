// SPDX-License-Identifier: Apache-2.0
import { WebRtcError } from "./errors.ts";

type SdpDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** A payload type: `a=rtpmap` with what belongs to it. */
export interface SdpCodec {
  payloadType: number;
  /** In upper case: `H264`, `OPUS`, `RTX`. */
  name: string;
  clockRate: number;
  channels: number;
  /** `a=fmtp` as it came. */
  fmtp: string;
  /** The same by name, names in lower case. */
  parameters: ReadonlyMap<string, string>;
  /** Values of `a=rtcp-fb`: `nack`, `nack pli`, `transport-cc`. */
  feedback: readonly string[];
}

/** One media section of a session description. */
export interface SdpMedia {
  kind: "audio" | "video" | "application";
  mid: string;
  /** What follows the port: `UDP/TLS/RTP/SAVPF`. */
  protocol: string;
  /** What stands in the media line for formats. */
  formats: string;
  direction: SdpDirection;
  /** In the order of preference. */
  codecs: readonly SdpCodec[];
  /** Header extensions: id by URI. */
  extensions: ReadonlyMap<string, number>;
}

/** The parts of a session description that WebRTC peers agree on. All sections share one transport (BUNDLE). */
export interface SessionDescription {
  media: readonly SdpMedia[];
  iceUfrag: string;
  icePwd: string;
  /** Of the certificate: `sha-256 AB:CD:…` */
  fingerprint: string;
  setup: "actpass" | "active" | "passive";
}

/** Longer session descriptions are refused, in characters. */
export const MAX_SDP_LENGTH = 64 << 10;
const MAX_MEDIA = 16;
const MAX_PER_SECTION = 128;
const ICE_CHARACTERS = "[A-Za-z0-9+/]";
const ICE_UFRAG = new RegExp(`^${ICE_CHARACTERS}{4,256}$`);
const ICE_PWD = new RegExp(`^${ICE_CHARACTERS}{22,256}$`);
const FINGERPRINT = /^sha-(?:1|224|256|384|512) [0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){19,63}$/;
const MID = /^[!#-'*+\-.0-9A-Z^-~]{1,64}$/;

/**
 * Reads a WebRTC session description (RFC 8866, RFC 8829) that bundles all its sections on one transport.
 *
 * @throws WebRtcError `sdp-invalid`
 */
export function parseSdp(sdp: string): SessionDescription {
  if (sdp.length > MAX_SDP_LENGTH) throw invalid("it is too long");
  const [session, ...sections] = splitSections(sdp);
  if (session === undefined || !session[0]?.startsWith("v=0")) throw invalid("it does not begin with v=0");
  if (sections.length === 0) throw invalid("it has no media");
  if (sections.length > MAX_MEDIA) throw invalid("it has too many media sections");
  const media = sections.map(parseMedia);
  if (new Set(media.map(({ mid }) => mid)).size < media.length)
    throw invalid("two sections have the same mid");
  // What a section lacks stands above all sections.
  const transport = (name: string): string =>
    attribute(sections[0] ?? [], name) ?? attribute(session, name) ?? "";
  const setup = transport("setup");
  const fingerprint = transport("fingerprint");
  if (!FINGERPRINT.test(fingerprint)) throw invalid("its fingerprint is missing or malformed");
  if (setup !== "actpass" && setup !== "active" && setup !== "passive") throw invalid("a=setup is missing");
  return {
    media,
    ...iceCredentials(transport("ice-ufrag"), transport("ice-pwd")),
    fingerprint,
    setup,
  };
}

/** A fragment that adds candidates, or restarts ICE (`application/trickle-ice-sdpfrag`, RFC 8840). */
export interface SdpFragment {
  /** Of the ICE generation it belongs to. */
  iceUfrag: string;
  icePwd: string;
  candidates: readonly { mid: string; candidate: string }[];
}

/** @throws WebRtcError `sdp-invalid` */
export function parseSdpFragment(fragment: string): SdpFragment {
  if (fragment.length > MAX_SDP_LENGTH) throw invalid("it is too long");
  const [session = [], ...sections] = splitSections(fragment);
  const find = (name: string): string =>
    [session, ...sections].map((lines) => attribute(lines, name)).find((value) => value !== undefined) ?? "";
  const candidates = sections.flatMap((lines) => {
    const mid = attribute(lines, "mid") ?? "";
    if (!MID.test(mid)) throw invalid("a section has no mid");
    return attributes(lines, "candidate").map((candidate) => ({ mid, candidate }));
  });
  if (candidates.length > MAX_PER_SECTION) throw invalid("it has too many candidates");
  return { ...iceCredentials(find("ice-ufrag"), find("ice-pwd")), candidates };
}

function iceCredentials(iceUfrag: string, icePwd: string): { iceUfrag: string; icePwd: string } {
  if (!ICE_UFRAG.test(iceUfrag) || !ICE_PWD.test(icePwd)) {
    throw invalid("its ICE credentials are missing or malformed");
  }
  return { iceUfrag, icePwd };
}

function parseMedia(lines: readonly string[]): SdpMedia {
  const line = /^m=(audio|video|application) (\d{1,5})(?:\/\d+)? (\S{1,64}) (.{1,1024})$/.exec(
    lines[0] ?? "",
  );
  if (line === null) throw invalid(`a media line can't be read`);
  const [, kind, , protocol = "", formats = ""] = line;
  if (lines.length > 8 * MAX_PER_SECTION) throw invalid("a section is too long");
  const mid = attribute(lines, "mid") ?? "";
  if (!MID.test(mid)) throw invalid("a section has no mid");
  return {
    kind: kind as SdpMedia["kind"],
    mid,
    protocol,
    formats,
    direction: direction(lines),
    codecs: kind === "application" ? [] : codecs(lines, formats),
    extensions: extensions(lines),
  };
}

function direction(lines: readonly string[]): SdpDirection {
  const names = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;
  return names.find((name) => lines.includes(`a=${name}`)) ?? "sendrecv";
}

function codecs(lines: readonly string[], formats: string): SdpCodec[] {
  const fmtp = byPayloadType(attributes(lines, "fmtp"));
  const feedback = byPayloadType(attributes(lines, "rtcp-fb"));
  const maps = byPayloadType(attributes(lines, "rtpmap"));
  return formats
    .split(" ")
    .slice(0, MAX_PER_SECTION)
    .flatMap((format): SdpCodec[] => {
      const map = /^([\w.-]{1,64})\/(\d{1,7})(?:\/(\d))?$/.exec(maps.get(format)?.[0] ?? "");
      if (map === null || !/^\d{1,3}$/.test(format) || Number(format) > 127) return [];
      const text = fmtp.get(format)?.[0] ?? "";
      return [
        {
          payloadType: Number(format),
          name: (map[1] ?? "").toUpperCase(),
          clockRate: Number(map[2]),
          channels: Number(map[3] ?? 1),
          fmtp: text,
          parameters: parameters(text),
          feedback: [...(feedback.get(format) ?? []), ...(feedback.get("*") ?? [])],
        },
      ];
    });
}

/** Values that begin with a payload type, by it. */
function byPayloadType(values: readonly string[]): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const value of values) {
    const space = value.indexOf(" ");
    const payloadType = value.slice(0, Math.max(0, space));
    grouped.set(payloadType, [...(grouped.get(payloadType) ?? []), value.slice(space + 1).trim()]);
  }
  return grouped;
}

function parameters(fmtp: string): Map<string, string> {
  return new Map(
    fmtp.split(";").flatMap((pair): [string, string][] => {
      const [name = "", value = ""] = pair.trim().split("=", 2);
      return name === "" ? [] : [[name.toLowerCase(), value]];
    }),
  );
}

function extensions(lines: readonly string[]): Map<string, number> {
  return new Map(
    attributes(lines, "extmap").flatMap((value): [string, number][] => {
      const found = /^(\d{1,3})(?:\/\w+)? (\S{1,256})/.exec(value);
      const id = Number(found?.[1]);
      return found?.[2] !== undefined && id >= 1 && id <= 255 ? [[found[2], id]] : [];
    }),
  );
}

/** The lines before the first media line, and those of each section. */
function splitSections(sdp: string): string[][] {
  const sections: string[][] = [[]];
  for (const line of sdp.split(/\r?\n/)) {
    if (line === "") continue;
    if (line.startsWith("m=")) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

function attributes(lines: readonly string[], name: string): string[] {
  const prefix = `a=${name}:`;
  return lines
    .filter((line) => line.startsWith(prefix))
    .slice(0, 4 * MAX_PER_SECTION)
    .map((line) => line.slice(prefix.length));
}

/** The value of an attribute; empty for one without. */
function attribute(lines: readonly string[], name: string): string | undefined {
  if (lines.includes(`a=${name}`)) return "";
  return attributes(lines, name)[0];
}

function invalid(details: string): WebRtcError {
  return new WebRtcError("sdp-invalid", "The session description can't be used.", { details });
}
