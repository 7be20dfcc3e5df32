// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { text, time, u32 } from "../fields.ts";

/** What can be wrong with what comes in from a stream's source. */
export const SOURCE_PROBLEMS = [
  "no-source",
  "no-video",
  "no-keyframes",
  "keyframes-rare",
  "b-frames",
  "bitrate-over-uplink",
  "late",
  "packets-lost",
  "unstable-fps",
  "frames-dropped",
  "timestamp-jumps",
  "no-audio",
  "silence",
  "audio-not-measured",
] as const;

/** One of them, for people: what is wrong, and what to do about it. */
export const sourceProblem = z.object({
  code: z.enum(SOURCE_PROBLEMS),
  /** `error`: viewers see nothing or a broken picture; `warning`: it could be better; `info`: good to know. */
  severity: z.enum(["error", "warning", "info"]),
  message: text(512),
  advice: text(512),
});

/** What `GET /api/streams/:id/check` takes in its query. */
export const sourceCheckQuery = z.strictObject({
  /** Bits per second that the source's line carries upwards, where its owner knows. */
  uplink: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(0xffff_ffff))),
});

/** `GET /api/streams/:id/check`, for the stream's creator: the worst first. */
export const sourceCheck = z.object({
  checkedAt: time,
  problems: z.array(sourceProblem),
  /** The loudest of the last seconds in dB below full scale; `null` where it was not measured. */
  audioPeakDb: z.nullable(z.number()),
  /** What the judgement is about. */
  bitrate: u32,
});

export type SourceProblemCode = (typeof SOURCE_PROBLEMS)[number];
export type SourceProblem = z.output<typeof sourceProblem>;
export type SourceCheckQuery = z.output<typeof sourceCheckQuery>;
export type SourceCheck = z.output<typeof sourceCheck>;
