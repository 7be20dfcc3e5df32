// SPDX-License-Identifier: Apache-2.0
import { planck } from "@tickstream/contracts-types";
import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);
const count = (max = Number.MAX_SAFE_INTEGER) => z.coerce.number().int().min(0).max(max);
const seconds = (max = 86_400 * 30) => z.coerce.number().min(0).max(max);
const amount = z
  .union([z.string().regex(/^[0-9]{1,39}$/, "expected plancks as decimal digits"), z.bigint()])
  .transform((value, context) => {
    try {
      return planck(value);
    } catch {
      context.addIssue({ code: "custom", message: "out of range for an amount of plancks" });
      return z.NEVER;
    }
  });
const flag = z.union([z.boolean(), z.stringbool()]);
const url = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)), {
      error: `expected a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(" or ")}`,
    });
/** Several, in the environment with commas between. */
const urls = (...protocols: string[]) =>
  z
    .union([
      z.array(z.string()),
      z.string().transform((value) =>
        value
          .split(",")
          .map((one) => one.trim())
          .filter(Boolean),
      ),
    ])
    .refine((list) => list.every((one) => protocols.includes(one.split(":", 1)[0] ?? "")), {
      error: `expected addresses that begin with ${protocols.map((protocol) => `${protocol}:`).join(" or ")}`,
    })
    .default([]);

/**
 * Everything that can be set, with its unit. A JSON file has these names; the environment has them in upper
 * case with underscores behind `TICKSTREAM_` (`httpPort` is `TICKSTREAM_HTTP_PORT`).
 */
export const configSchema = z.strictObject({
  databaseUrl: url("postgres", "postgresql").describe(
    "PostgreSQL, also DATABASE_URL. One node, one database.",
  ),
  chainUrl: url("ws", "wss").describe("The chain's WebSocket address, also CHAIN_URL."),
  publicChainUrl: url("ws", "wss")
    .optional()
    .describe("What browsers are told to use as the chain; chainUrl where left out."),
  host: z.string().min(1).default("0.0.0.0").describe("Address to listen on."),
  httpPort: port.default(8080).describe("TCP port of apps, API, media and pay socket; 0 takes a free one."),
  rtmpPort: port.default(1935).describe("TCP port of RTMP ingest; 0 takes a free one."),
  webrtcPortMin: port
    .default(0)
    .describe("First UDP port that WebRTC may use; 0: any. Publishers share the first free one."),
  webrtcPortMax: port.default(0).describe("Last UDP port that WebRTC may use."),
  webrtcPublicAddress: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe("IP address at which WebRTC peers reach this node, where it stands behind a one-to-one NAT."),
  publicUrl: url("http", "https")
    .optional()
    .describe(
      "Where browsers reach this node, named in login challenges; the request's host where left out.",
    ),
  publicRtmpUrl: url("rtmp", "rtmps")
    .optional()
    .describe("Where encoders reach RTMP, shown to creators; the page's host with rtmpPort where left out."),
  appsDir: z.string().optional().describe("Folder of the built viewer's app to serve at /."),
  studioDir: z.string().optional().describe("Folder of the built creator's app to serve at /studio/."),
  elementDir: z.string().optional().describe("Folder of the built web component to serve as /embed.js."),
  devWalletDir: z
    .string()
    .optional()
    .describe("Development: folder of the wallet that is put into every page, with dev only."),
  ffmpegPath: z
    .string()
    .optional()
    .describe(
      "The ffmpeg program, also FFMPEG_PATH; found on PATH where left out. Without one there are no pictures.",
    ),

  stunUrls: urls("stun", "stuns").describe(
    "STUN servers that browsers are told to use, with commas between.",
  ),
  turnUrls: urls("turn", "turns").describe(
    "TURN servers that browsers are told to use, with commas between.",
  ),
  turnSecret: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Secret: shared with the TURN servers (coturn: static-auth-secret), for credentials that expire.",
    ),
  turnTtl: count(86_400).default(3_600).describe("Seconds for which TURN credentials are good."),

  redisUrl: url("redis", "rediss")
    .optional()
    .describe(
      "Secret: Redis by which this node shares signaling rooms with others, also REDIS_URL; by itself where left out.",
    ),

  priceUrl: url("http", "https")
    .optional()
    .describe("Answers with JSON that says what a token is worth; no prices in a currency where left out."),
  priceField: z
    .string()
    .regex(/^[^.]+(?:\.[^.]+)*$/, "expected names with points between, as in polkadot.eur")
    .default("price")
    .describe("Where in that JSON the price of one token stands: names and indexes with points between."),
  priceCurrency: z
    .string()
    .regex(/^[A-Z]{3}$/, "expected three capital letters, as in EUR")
    .default("USD")
    .describe("The currency that this price is in (ISO 4217)."),

  historyFrom: count(0xffff_ffff)
    .default(1)
    .describe(
      "The block from which the chain's payments are read into the node's database, on its first start.",
    ),

  operatorSuri: z
    .string()
    .optional()
    .describe("Secret: the operator's key as a seed phrase, hex seed or derivation; also OPERATOR_SURI."),
  operatorKeystore: z.string().optional().describe("File with the operator's key as Polkadot keystore JSON."),
  operatorPassword: z.string().optional().describe("Secret: the keystore's password."),
  dev: flag.default(false).describe("Development: allows the well-known keys (//Alice, …), settles sooner."),

  openFee: amount
    .optional()
    .describe(
      "Plancks taken from a tab when its channel opens; the chain's fee of opening and settling where left out.",
    ),
  exposureWindow: count(64).default(1).describe("Ticks that viewers may pay ahead of the keys they have."),
  previewTicks: count(600)
    .default(0)
    .describe("Ticks each network address may watch of a stream for nothing."),
  creditTicks: count(3_600).default(10).describe("Ticks sold before a channel is on chain."),
  creditLimit: amount
    .optional()
    .describe(
      "Plancks that these ticks may be worth at most; the chain's fee of opening and settling where left out.",
    ),
  unfinalizedTicks: count(3_600).default(60).describe("Ticks sold from then on until it is final."),

  settleAfter: seconds()
    .optional()
    .describe("Seconds after which what is owed is settled; 600, in development 60."),
  settleFeeMultiple: count(100_000)
    .default(100)
    .describe("A channel is settled at once when it owes this multiple of the fee."),
  closeIdleAfter: seconds().default(900).describe("Seconds after which a channel nobody uses is closed."),
  settleMargin: count(10_000)
    .default(50)
    .describe("Blocks before a channel's end in which nothing is sold any more."),
  openMargin: count(50).default(5).describe("Blocks that a commitment must leave for its opening."),

  groupCommitMs: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(4)
    .describe("Milliseconds a tick waits for company."),
  maxConnections: count(1_000_000)
    .default(20_000)
    .describe("Pay sockets at a time, and as many of signaling."),
  maxConnectionsPerAddress: count(1_000_000)
    .default(512)
    .describe("Pay sockets of one network address at a time, and as many of signaling."),
  maxWebrtcViewers: count(1_000_000)
    .default(1_000)
    .describe("Viewers over WebRTC at a time: each costs a multiple of one over HLS."),
  maxWebrtcViewersPerAddress: count(1_000_000)
    .default(250)
    .describe("Viewers over WebRTC from one network address at a time."),
  maxStreams: count(1_000_000)
    .default(1_000)
    .describe("Streams that this node carries, ended ones not counted."),
  maxStreamsPerCreator: count(1_000_000).default(50).describe("Of those, streams of one creator."),
  maxPublishers: count(100_000)
    .default(100)
    .describe("RTMP connections at a time, and as many publishers by WebRTC."),

  logLevel: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Least level that is logged."),
});

/** What a media node runs with: parsed, complete. */
export type NodeConfig = z.output<typeof configSchema>;
/** What may be written: numbers also as digits, amounts as decimal strings, most left out. */
export type NodeConfigInput = z.input<typeof configSchema>;

/** Never to be logged. */
const SECRETS = [
  "operatorSuri",
  "operatorPassword",
  "databaseUrl",
  "turnSecret",
  "redisUrl",
] as const satisfies (keyof NodeConfig)[];

/** The configuration as it may be shown. */
export function withoutSecrets(config: NodeConfig): Record<string, unknown> {
  const shown: Record<string, unknown> = { ...config };
  for (const name of SECRETS) if (shown[name] !== undefined) shown[name] = "(secret)";
  for (const [name, value] of Object.entries(shown))
    if (typeof value === "bigint") shown[name] = value.toString();
  return shown;
}
