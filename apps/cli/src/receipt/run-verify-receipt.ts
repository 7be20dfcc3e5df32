// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { createChainClient, getToken, type ChainClient } from "@tickstream/chain-client";
import {
  formatAmount,
  parseReceipts,
  planck,
  toSs58,
  type Receipt,
  type Token,
} from "@tickstream/contracts-types";
import {
  verifyReceipt,
  verifyReceiptOnChain,
  type ReceiptOnChain,
  type ReceiptVerdict,
} from "@tickstream/sdk";
import { CliError, codeOf } from "../cli-error.ts";
import { createTerminal, type Terminal } from "../terminal/terminal.ts";

/** What `tickstream verify-receipt` can be told. */
export interface VerifyReceiptOptions {
  chainUrl?: string;
  json: boolean;
}

const FAULTS: Record<ReceiptVerdict["faults"][number], string> = {
  "channel-mismatch": "the channel's id is not that of this promise",
  "signature-invalid": "the signature is not the session key's",
  "ticks-out-of-range": "more ticks than were promised",
  "preimage-mismatch": "the proof of payment does not lead to the promise",
  "amount-mismatch": "the amount is not ticks times rate",
};

const STATES: Record<ReceiptOnChain["state"], string> = {
  open: "the channel is open on this chain",
  ended: "the channel was opened on this chain, and has ended",
  "never-opened": "this chain never opened the channel: nothing was paid out",
  "not-yet": "this chain has not opened the channel yet",
  "other-chain": "this receipt is for another chain",
  forgotten: "this node no longer has the blocks that would tell: ask an archive node",
};

/** Checks each receipt of a file, offline and, where a chain is given, there. */
export async function runVerifyReceipt(
  file: string,
  options: VerifyReceiptOptions,
  terminal: Terminal = createTerminal(),
): Promise<void> {
  const receipts = parseReceipts(await read(file));
  if (receipts.length === 0) throw new CliError("there is no receipt in it");
  const chain = options.chainUrl === undefined ? null : await createChainClient({ url: options.chainUrl });
  let bad = 0;
  try {
    for (const receipt of receipts) {
      const verdict = await verifyReceipt(receipt);
      const onChain = chain === null ? null : await verifyReceiptOnChain({ chain, receipt });
      if (!verdict.valid || onChain?.confirmed === false) bad++;
      if (options.json) terminal.print(asJson(receipt, verdict, onChain));
      else tell(terminal, receipt, verdict, { onChain, token: tokenOf(chain) });
    }
  } finally {
    await chain?.disconnect();
  }
  const all = receipts.length;
  if (bad > 0) {
    throw new CliError(all === 1 ? "the receipt does not hold" : `${bad} of ${all} receipts do not hold`);
  }
  if (!options.json) terminal.step(all === 1 ? "the receipt holds" : `all ${all} receipts hold`);
}

async function read(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch (cause) {
    throw new CliError(`${file} can't be read (${codeOf(cause) ?? "unknown"})`, { cause });
  }
}

/** Offline nobody says how the token is written: plancks are exact. */
function tokenOf(chain: ChainClient | null): Token {
  return chain === null ? { decimals: 0, symbol: "plancks" } : getToken(chain);
}

function tell(
  terminal: Terminal,
  { proof, about }: Receipt,
  verdict: ReceiptVerdict,
  { onChain, token }: { onChain: ReceiptOnChain | null; token: Token },
): void {
  const { commitment } = proof;
  terminal.print(`channel    ${proof.channel}`);
  if (about.title !== "") terminal.print(`about      ${quote(about.title)} (nothing proves a title)`);
  terminal.print(
    `promised   by tab ${commitment.tab} to stream ${commitment.stream}, terms ${commitment.terms}`,
  );
  terminal.print(`operator   ${toSs58(commitment.operator)}`);
  terminal.print(
    `paid       ${proof.ticks} of ${commitment.maxTicks} ticks at ${formatAmount(planck(commitment.rate), token)}: ${formatAmount(planck(proof.amount), token)}, and ${formatAmount(verdict.openFee, token)} for opening`,
  );
  if (onChain) tellChain(terminal, onChain);
  for (const fault of verdict.faults) terminal.warn(`not valid: ${FAULTS[fault]}`);
  terminal.print();
}

/** A stranger's words, which must not command the terminal. */
function quote(title: string): string {
  return JSON.stringify(title).replace(/[\u007f-\u009f]/g, "?");
}

function tellChain(terminal: Terminal, { state, confirmed, opened, settled }: ReceiptOnChain): void {
  terminal.print(`chain      ${STATES[state]}`);
  if (opened) terminal.print(`opened     block ${opened.block}, extrinsic ${opened.extrinsic}`);
  if (settled) {
    terminal.print(
      `settled    ${settled.ticks} ticks by block ${settled.block}, extrinsic ${settled.extrinsic}`,
    );
  }
  if (opened && !confirmed) terminal.warn("not confirmed: the chain's promise is another one");
}

function asJson(receipt: Receipt, verdict: ReceiptVerdict, onChain: ReceiptOnChain | null): string {
  const { ticks, amount, openFee, valid, faults } = verdict;
  return JSON.stringify({
    channel: receipt.proof.channel,
    valid,
    faults,
    ticks,
    amount: amount.toString(),
    openFee: openFee.toString(),
    chain: onChain && {
      state: onChain.state,
      confirmed: onChain.confirmed,
      opened: onChain.opened && { block: onChain.opened.block, extrinsic: onChain.opened.extrinsic },
      settled: onChain.settled && {
        block: onChain.settled.block,
        extrinsic: onChain.settled.extrinsic,
        ticks: onChain.settled.ticks,
      },
    },
  });
}
