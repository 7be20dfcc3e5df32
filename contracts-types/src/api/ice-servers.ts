// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { text, time } from "../fields.ts";

/** `GET /api/ice-servers`, as `RTCPeerConnection` takes them. */
export const iceServers = z.object({
  iceServers: z.array(
    z.object({
      urls: z.array(text(512)),
      /** Credentials of a TURN server, good until `expiresAt`. */
      username: z.optional(text(128)),
      credential: z.optional(text(128)),
    }),
  ),
  expiresAt: time,
});

export type IceServers = z.output<typeof iceServers>;
