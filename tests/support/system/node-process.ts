// SPDX-License-Identifier: Apache-2.0
import { type Program, startProgram } from "./program.ts";
import { inRepository } from "./repository.ts";

/** Settings of the node that a test may change; the rest are the node's defaults. */
export interface NodeSettings {
  openFee?: string;
  creditTicks?: number;
  unfinalizedTicks?: number;
  previewTicks?: number;
  [setting: string]: unknown;
}

/** A media node in a process of its own, which can be killed and started again on the same ports. */
export class NodeProcess {
  readonly httpPort: number;
  readonly rtmpPort: number;
  readonly #config: Record<string, unknown>;
  #program: Program | undefined;

  constructor(options: {
    databaseUrl: string;
    chainUrl: string;
    httpPort: number;
    rtmpPort: number;
    operatorSuri: string;
    settings: NodeSettings;
  }) {
    const { settings, ...fixed } = options;
    this.httpPort = options.httpPort;
    this.rtmpPort = options.rtmpPort;
    this.#config = { host: "127.0.0.1", dev: true, ...fixed, ...settings };
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  get pid(): number {
    return this.#program?.pid ?? -1;
  }

  /** What the node logged since it was last started. */
  get log(): string {
    return this.#program?.output() ?? "";
  }

  /** Resolves when the node serves. */
  async start(): Promise<void> {
    const main = inRepository("tests/support/system/media-node-main.ts");
    this.#program = startProgram(process.execPath, [main, JSON.stringify(this.#config)]);
    await this.#program.waitFor(/^ready$/m);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#program?.stop("SIGKILL");
    this.#program = undefined;
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    const program = this.#program;
    this.#program = undefined;
    if (program === undefined) return;
    const code = await program.stop("SIGTERM");
    if (code !== 0) throw new Error(`the node ended with ${code}:\n${program.output().slice(-4_000)}`);
  }
}
