// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Track } from "../media/frame.ts";
import { AUDIO, VIDEO } from "../testing/tracks.ts";
import { Packager } from "./packager.ts";

/** The init section that the playlist of a newly started packager names, and its bytes. */
function mapOf(tracks: Track[]): { uri: string; bytes: Uint8Array | undefined } {
  const packager = new Packager({
    tickMs: 1_000,
    protection: { kind: "clear" },
    partTargetMs: 250,
    segmentTargetMs: 1_000,
    windowMs: 30_000,
    maxBytes: 1 << 20,
    first: { msn: 0, discontinuitySequence: 0, discontinuity: false },
    onPart: () => undefined,
  });
  packager.setTracks(tracks);
  for (let n = 0; n < 90; n++) {
    const keyframe = n % 30 === 0;
    packager.push("video", { dts: n * 3_000, cts: 0, keyframe, data: Uint8Array.of(1) });
  }
  packager.flush();
  const playlist = packager.playlist(false)?.toString() ?? "";
  const uri = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist)?.[1] ?? "";
  return { uri, bytes: packager.init(uri.slice(1, -".mp4".length)) };
}

// Players and caches keep an init section by its URL: after a restart the same URL with other bytes stopped them for good.
test("an init section's URL follows from what is in it, whoever was packaged before", () => {
  const first = mapOf([VIDEO]);
  expect(first.bytes?.length).toBeGreaterThan(100);
  expect(mapOf([VIDEO])).toEqual(first);
  const other = mapOf([{ ...VIDEO, config: Uint8Array.of(1) }]);
  expect(other.uri).not.toBe(first.uri);
  expect(mapOf([VIDEO, AUDIO]).uri).not.toBe(first.uri);
});
