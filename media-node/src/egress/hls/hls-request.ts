// SPDX-License-Identifier: Apache-2.0

/** What a player asks of a stream. */
export type HlsRequest =
  | {
      kind: "playlist";
      /** Hold the answer until this segment, or this part of it, is listed (RFC 8216bis section 6.2.5.2). */
      msn: number | undefined;
      part: number | undefined;
      delta: boolean;
    }
  | { kind: "part"; msn: number; index: number; cipher: string | undefined }
  | { kind: "segment"; msn: number }
  | { kind: "init"; init: string };

const PATH = /^([a-z0-9-]{1,64})\/([a-z0-9.]{1,48})(?:\?(.{0,20000}))?$/;
const PART = /^p(\d{1,15})\.(\d{1,6})\.m4s$/;
const SEGMENT = /^s(\d{1,15})\.m4s$/;
const INIT = /^i([0-9a-f]{16})\.mp4$/;
const NUMBER = /^\d{1,15}$/;

/** Parses what follows `/live/`: the stream's id, a file, and a player's directives. */
export function parseHlsRequest(
  path: string,
): { id: string; request: HlsRequest } | "unknown" | "bad-directive" {
  const match = PATH.exec(path);
  if (!match) return "unknown";
  const [, id = "", file = "", query] = match;
  const part = PART.exec(file);
  if (part) {
    const cipher = query === undefined ? undefined : directive(query, "c");
    return { id, request: { kind: "part", msn: Number(part[1]), index: Number(part[2]), cipher } };
  }
  if (file === "index.m3u8") {
    const request = playlistRequest(query ?? "");
    return request === undefined ? "bad-directive" : { id, request };
  }
  const segment = SEGMENT.exec(file);
  if (segment) return { id, request: { kind: "segment", msn: Number(segment[1]) } };
  const init = INIT.exec(file);
  return init?.[1] === undefined ? "unknown" : { id, request: { kind: "init", init: init[1] } };
}

function playlistRequest(query: string): HlsRequest | undefined {
  const msn = directive(query, "_HLS_msn");
  const part = directive(query, "_HLS_part");
  const skip = directive(query, "_HLS_skip");
  if (msn === undefined && part !== undefined) return undefined;
  if ([msn, part].some((value) => value !== undefined && !NUMBER.test(value))) return undefined;
  if (skip !== undefined && skip !== "YES" && skip !== "v2") return undefined;
  return {
    kind: "playlist",
    msn: msn === undefined ? undefined : Number(msn),
    part: part === undefined ? undefined : Number(part),
    delta: skip !== undefined,
  };
}

/** The value of a name in a query; none of those that matter has characters that are escaped. */
function directive(query: string, name: string): string | undefined {
  for (const pair of query.split("&")) if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  return undefined;
}
