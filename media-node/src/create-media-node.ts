// SPDX-License-Identifier: Apache-2.0
import { accountId, formatAmount } from "@tickstream/contracts-types";
import type { Logger } from "pino";
import { connectNodeChain } from "./chain/connect-node-chain.ts";
import type { NodeChain } from "./chain/node-chain.ts";
import { withoutSecrets, type NodeConfigInput } from "./config/config.ts";
import { parseConfig } from "./config/load-config.ts";
import { loadOperatorKey } from "./config/operator-key.ts";
import { assembleMediaNode, type MediaNode } from "./media-node.ts";

export interface CreateMediaNodeOptions {
  /** As a file or `loadConfig` gives it. */
  config: NodeConfigInput;
  log: Logger;
  /** Called once when the node cannot go on and has stopped itself: another node took its database. */
  onFatal?: (error: Error) => void;
}

/**
 * Starts a media node: connects to the chain, opens the database, listens on both ports.
 *
 * @example
 * const node = await createMediaNode({ config: await loadConfig({ env: process.env }), log: pino() });
 * process.once("SIGTERM", () => void node.stop());
 * @throws ConfigError, DatabaseError, ChainClientError, PortUnavailableError, HttpPortError
 */
export async function createMediaNode(options: CreateMediaNodeOptions): Promise<MediaNode> {
  const config = parseConfig(options.config);
  const { log } = options;
  log.debug({ config: withoutSecrets(config) }, "configuration");
  const signer = await loadOperatorKey(config);
  const chain = await connectNodeChain({
    url: config.chainUrl,
    signer,
    onFault: (error) => log.warn({ err: error }, "a block of the chain could not be read"),
  });
  try {
    await warnWhenPoor(chain, log);
    let stopped: Promise<void> | undefined;
    const stopAll = async (): Promise<void> => {
      await node.stop();
      await chain.disconnect();
    };
    const stop = (): Promise<void> => (stopped ??= stopAll());
    const giveUp = async (error: Error): Promise<void> => {
      log.fatal({ err: error }, "the node cannot go on");
      await stop();
      options.onFatal?.(error);
    };
    const node = await assembleMediaNode({
      config,
      chain,
      operator: accountId(signer.publicKey),
      log,
      onFatal: (error) => void giveUp(error),
    });
    return { ...node, stop };
  } catch (error) {
    await chain.disconnect();
    throw error;
  }
}

/** With less than this many channels' deposits the operator soon opens no more. */
const POOR_CHANNELS = 10n;

async function warnWhenPoor(chain: NodeChain, log: Logger): Promise<void> {
  const { channelDeposit, openAndSettleFee, token } = chain.facts;
  const balance = await chain.operatorBalance();
  if (balance >= POOR_CHANNELS * (channelDeposit + openAndSettleFee)) return;
  log.warn(
    `the operator's account has only ${formatAmount(balance, token)}: channels need deposits and fees`,
  );
}
