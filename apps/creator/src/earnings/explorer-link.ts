// SPDX-License-Identifier: Apache-2.0

/** A block in Polkadot's own explorer, which reads it from the chain itself: nothing of ours stands between. */
export function explorerLink(chainUrl: string, blockHash: string): string {
  return `https://polkadot.js.org/apps/?rpc=${encodeURIComponent(chainUrl)}#/explorer/query/${blockHash}`;
}
