// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { amount, bytes, text, u32 } from "../fields.ts";
import { address } from "./streams.ts";

/** `GET /health`: `degraded` serves what it can, and the fields say what is missing. */
export const health = z.object({
  status: z.enum(["ok", "degraded"]),
  chain: z.object({
    state: z.enum(["connected", "disconnected"]),
    /** The newest block the node has seen; `null` before the first. */
    head: z.nullable(u32),
    finalized: z.nullable(u32),
  }),
  database: z.object({ state: z.enum(["connected", "disconnected"]) }),
  version: text(64),
});

/** `GET /api/node`: who runs this node, on which chain, and what it asks. */
export const nodeInfo = z.object({
  operator: address,
  genesisHash: bytes(32),
  /** The chain's WebSocket address for browsers. */
  chainUrl: text(512),
  /** Plancks that opening a channel takes from the tab. */
  openFee: amount,
  /** Ticks sold before a channel is on chain. */
  creditTicks: u32,
  /** Ticks sold, besides, before it is final. */
  unfinalizedTicks: u32,
  /** Ticks each address may watch for nothing. */
  previewTicks: u32,
  /** Whether development keys and wallets are allowed here. */
  dev: z.boolean(),
  /** Where encoders publish: RTMP's port and application on this host, and the paths of the others, where offered. */
  ingest: z.object({
    /** `rtmp://host:1935/live`, where the operator names it; else the page's host with `rtmpPort`. */
    rtmpUrl: z.nullable(text(512)),
    rtmpPort: u32,
    whip: z.nullable(text(256)),
    /** WebSocket path of signaling, for browsers that publish. */
    signal: z.nullable(text(256)),
  }),
  /** What needs ffmpeg or a setting of the operator's, and whether this node has it. */
  features: z.object({
    /** Pictures of streams. */
    pictures: z.boolean(),
    /** Sound of AAC sources over WebRTC. */
    webrtcAudio: z.boolean(),
    /** How loud a source is, in its check. */
    audioLevel: z.boolean(),
    /** `GET /api/price`. */
    price: z.boolean(),
  }),
  token: z.object({ symbol: text(16), decimals: z.int().check(z.gte(0), z.lte(38)) }),
  version: text(64),
});

export type Health = z.output<typeof health>;
export type NodeInfo = z.output<typeof nodeInfo>;
