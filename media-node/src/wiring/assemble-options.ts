// SPDX-License-Identifier: Apache-2.0
import type { AccountId } from "@tickstream/contracts-types";
import type { Logger } from "pino";
import type { NodeChain } from "../chain/node-chain.ts";
import type { NodeConfig } from "../config/config.ts";

/** What a node is built of. */
export interface AssembleOptions {
  config: NodeConfig;
  chain: NodeChain;
  operator: AccountId;
  log: Logger;
  /** Something makes it impossible to go on. */
  onFatal: (error: Error) => void;
}

/** Registers how to stop what was just started; the last one stops first. */
export type OnStop = (step: () => Promise<void>) => void;
