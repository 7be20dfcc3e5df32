// SPDX-License-Identifier: Apache-2.0
import { formatAmount, parseAmount, type StreamDetail, type Token } from "@tickstream/contracts-types";
import { CliError } from "../cli-error.ts";
import { createTerminal } from "../terminal/terminal.ts";
import { createCreator, type Creator } from "./create-creator.ts";

/** Who, and where. */
export interface CreatorOptions {
  node: string;
  suri?: string;
  json: boolean;
}

export interface CreateStreamOptions extends CreatorOptions {
  title: string;
  /** Whole tokens per second. */
  rate: string;
  free: boolean;
  tickMs: number;
  /** Percent. */
  operatorShare: string;
}

const PARTS_PER_BILLION = 10_000_000;

/** `tickstream stream create` */
export function createStream(options: CreateStreamOptions): Promise<void> {
  return asCreator(options, async (creator) => {
    const terminal = createTerminal();
    const { token } = await creator.client.info();
    let created;
    if (options.free) {
      created = await creator.create({ title: options.title, free: true });
    } else {
      const offer = {
        title: options.title,
        rate: ratePerTick(options.rate, options.tickMs, token),
        tickMs: options.tickMs,
        operatorShare: parseShare(options.operatorShare),
      };
      if (!options.json) terminal.step("registering the stream on the chain (a block takes some seconds)");
      const chainStream = await creator.register(offer);
      created = await creator.create({ title: options.title, chainStream });
    }
    const { stream, streamKey } = created;
    const server = `rtmp://${new URL(options.node).hostname}/live`;
    const page = `${creator.client.node}/watch/${stream.id}`;
    if (options.json) {
      return terminal.print(JSON.stringify({ id: stream.id, title: stream.title, server, streamKey, page }));
    }
    terminal.print(`stream      ${stream.id}  ${describe(stream, token)}`);
    terminal.print(
      `server      ${server}   (the node's RTMP port, where it isn't 1935, belongs behind the host)`,
    );
    terminal.print(`stream key  ${streamKey}   (shown this once)`);
    terminal.print(`it plays at ${page}`);
  });
}

/** `tickstream stream list` */
export function listStreams(options: CreatorOptions): Promise<void> {
  return asCreator(options, async (creator) => {
    const terminal = createTerminal();
    const { token } = await creator.client.info();
    const streams = await creator.list();
    if (options.json) {
      const shown = streams.map(({ id, title, state, rate, tickMs }) => ({
        id,
        title,
        state,
        rate: `${rate}`,
        tickMs,
      }));
      return terminal.print(JSON.stringify(shown));
    }
    if (streams.length === 0) terminal.print("no streams yet: tickstream stream create --title …");
    for (const stream of streams) {
      terminal.print(
        `${stream.id.padEnd(14)} ${stream.state.padEnd(8)} ${describe(stream, token).padEnd(26)} ${stream.title}`,
      );
    }
  });
}

/** `tickstream stream end` */
export function endStream(stream: string, options: CreatorOptions): Promise<void> {
  return asCreator(options, async (creator) => {
    const { id, title } = await creator.end(stream);
    createTerminal().print(
      options.json ? JSON.stringify({ id, state: "ended" }) : `stream ${id} (${title}) has ended`,
    );
  });
}

async function asCreator(options: CreatorOptions, work: (creator: Creator) => Promise<void>): Promise<void> {
  if (!options.suri)
    throw new CliError("whose stream? Give the creator's account with --suri, or in WALLET_SURI");
  const creator = await createCreator({ node: options.node, suri: options.suri });
  try {
    await work(creator);
  } finally {
    await creator.dispose();
  }
}

function describe(stream: StreamDetail, token: Token): string {
  return stream.rate === 0n ? "free" : `${formatAmount(stream.rate, token)} per ${stream.tickMs / 1000} s`;
}

/** The price of a tick, where that of a second is said; it must come out even. */
function ratePerTick(perSecond: string, tickMs: number, token: Token) {
  const amount = parseAmount(perSecond, token) * BigInt(tickMs);
  if (amount % 1000n !== 0n)
    throw new CliError(`${perSecond} ${token.symbol} per second is no whole number of plancks per tick`);
  return (amount / 1000n) as ReturnType<typeof parseAmount>;
}

function parseShare(percent: string): number {
  const share = /^\d{1,3}(\.\d{1,7})?$/.test(percent)
    ? Math.round(Number(percent) * PARTS_PER_BILLION)
    : Number.NaN;
  if (!(share <= 100 * PARTS_PER_BILLION))
    throw new CliError("the operator's share is a percentage from 0 to 100");
  return share;
}
