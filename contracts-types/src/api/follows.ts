// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { time } from "../fields.ts";
import { address } from "./streams.ts";

/** The most creators that one account follows on a node. */
export const MAX_FOLLOWS = 500;

/**
 * `GET /api/follows`, for the login's account, the newest first. `PUT` and `DELETE /api/follows/:creator`, the
 * creator's address, add and take one and answer 204.
 */
export const follows = z.object({ follows: z.array(z.object({ creator: address, since: time })) });

export type Follows = z.output<typeof follows>;
