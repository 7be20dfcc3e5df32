// SPDX-License-Identifier: Apache-2.0
// Pictures that say when they were sent: each carries the wall clock in an SEI message, which no decoder looks at and which passes
// through packaging and cipher untouched.
import { randomBytes } from "node:crypto";
import type { Clip } from "../../apps/cli/src/demo/flv-clip.ts";

/** Which of the SEI messages are ours (H.264 annex D.1.7, user_data_unregistered). */
const MARK = randomBytes(16);
const NAL_SEI = 6;
const USER_DATA_UNREGISTERED = 5;
const AVC_NAL_UNITS = 1;
/** Bytes before the first NAL unit of an RTMP video message: frame and codec, packet type, composition time. */
const VIDEO_HEADER = 5;
/** Sixteen hexadecimal digits of the time: no byte of it can look like a start code. */
const TIME_LENGTH = 16;

const now = (): number => performance.timeOrigin + performance.now();

/** The clip, each of whose pictures is stamped at the moment it is read, that is, sent. */
export function stampClip(clip: Clip): Clip {
  const tags = clip.tags.map((tag) =>
    tag.type !== 9 || tag.body[1] !== AVC_NAL_UNITS
      ? tag
      : {
          type: tag.type,
          timestamp: tag.timestamp,
          get body(): Buffer {
            return Buffer.concat([
              tag.body.subarray(0, VIDEO_HEADER),
              sei(),
              tag.body.subarray(VIDEO_HEADER),
            ]);
          },
        },
  );
  return { ...clip, tags };
}

function sei(): Buffer {
  const time = Buffer.from(
    Math.round(now() * 1_000)
      .toString(16)
      .padStart(TIME_LENGTH, "0"),
  );
  const payload = Buffer.concat([MARK, time]);
  const unit = Buffer.concat([
    Buffer.of(NAL_SEI, USER_DATA_UNREGISTERED, payload.length),
    payload,
    Buffer.of(0x80),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(unit.length);
  return Buffer.concat([length, unit]);
}

/** How long ago each stamped picture in these bytes was sent, in milliseconds. */
export function agesOf(bytes: Uint8Array): number[] {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const ages: number[] = [];
  for (let at = part.indexOf(MARK); at >= 0; at = part.indexOf(MARK, at + 1)) {
    const start = at + MARK.length;
    const micros = Number.parseInt(part.toString("latin1", start, start + TIME_LENGTH), 16);
    ages.push(now() - micros / 1_000);
  }
  return ages;
}
