// SPDX-License-Identifier: Apache-2.0
import http from "node:http";
import type { AddressInfo } from "node:net";
import { hexToBytes, planck, type Epoch, type StreamId } from "@tickstream/contracts-types";
import type { Ledger } from "../ledger/ledger.ts";
import type { PaidStream } from "../pay/paid-stream.ts";
import { createPayServer, type PayServer, type PayServerLimits } from "../pay/pay-server.ts";
import { createKeyVault } from "../protect/key-vault.ts";
import { PayGates } from "../protect/pay-gate.ts";
import { type ChainDouble, GENESIS, OPERATOR } from "./chain-double.ts";
import { CREDIT } from "./ledger-fixture.ts";
import { STREAM } from "./viewer.ts";

/** A stream whose live edge a test moves; its keys are real. */
export class StreamDouble implements PaidStream {
  readonly id: StreamId = STREAM;
  edge: Epoch | null = 100;
  first: Epoch = 40;
  readonly vault = createKeyVault({
    streamSecret: new Uint8Array(32).fill(3),
    genesisHash: hexToBytes(GENESIS),
    stream: STREAM,
  });
  readonly #callbacks = new Set<(edge: Epoch | null) => void>();

  edgeEpoch(): Epoch | null {
    return this.edge;
  }

  firstEpoch(): Epoch | null {
    return this.edge === null ? null : this.first;
  }

  onEdge(callback: (edge: Epoch | null) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  move(edge: Epoch | null): void {
    this.edge = edge;
    for (const callback of this.#callbacks) callback(edge);
  }
}

export interface PayFixture {
  url: string;
  port: number;
  pay: PayServer;
  gates: PayGates;
  counts: { ticks: number; opened: number; refused: string[] };
  faults: unknown[];
  stop(): Promise<void>;
}

/** A real pay socket on a free port. */
export async function startPay(
  ledger: Ledger,
  chain: ChainDouble,
  stream: StreamDouble,
  limits: Partial<PayServerLimits> = {},
  previewTicks = 2,
): Promise<PayFixture> {
  const counts: PayFixture["counts"] = { ticks: 0, opened: 0, refused: [] };
  const faults: unknown[] = [];
  const gates = new PayGates((channel) => ledger.commits.store(channel));
  const pay = createPayServer({
    ledger,
    gates,
    streams: { find: (id) => (id === stream.id ? stream : undefined) },
    terms: {
      get: (id) => chain.terms(id, null).catch(() => "unreachable" as const),
      head: () => chain.best,
    },
    seller: {
      operator: OPERATOR,
      genesisHash: GENESIS,
      openFee: planck(50n),
      exposureWindow: 1,
      previewTicks,
      creditTicks: CREDIT.creditTicks,
      unfinalizedTicks: CREDIT.unfinalizedTicks,
    },
    counters: {
      tick: (epochs) => (counts.ticks += epochs),
      opened: () => counts.opened++,
      refused: (code) => counts.refused.push(code),
    },
    limits,
    onFault: (fault) => faults.push(fault),
  });
  const server = http.createServer();
  server.on("upgrade", (request, socket, head) => pay.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/pay`,
    port,
    pay,
    gates,
    counts,
    faults,
    async stop() {
      await pay.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
