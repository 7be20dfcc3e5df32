// SPDX-License-Identifier: Apache-2.0
import type { Epoch, ViewerMessage } from "@tickstream/contracts-types";
import type { ActiveChannel } from "../channel/active-channel.ts";
import type { PayerDecision, PayerWait } from "./payer.ts";

export interface TickPumpHost {
  /** The channel to pay with now; `null` where nothing may be paid. */
  payable(): ActiveChannel | null;
  wanted(): Iterable<Epoch>;
  edge(): Epoch | null;
  now(): number;
  send(message: ViewerMessage): boolean;
  /** A tick left for the node. */
  sent(channel: ActiveChannel, tick: Extract<PayerDecision, { kind: "tick" }>): void;
  waiting(wait: PayerWait | null): void;
  /** What was decided could not be stored, so nothing was revealed. */
  failed(error: unknown): void;
}

const RETRY_MS = 1_000;

/** Lets a payer decide, makes each decision durable, then reveals it: one after the other, whenever something changed. */
export class TickPump {
  readonly #host: TickPumpHost;
  #running = false;
  #again = false;
  #stopped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Settles when nothing is under way. */
  #idle = Promise.resolve();

  constructor(host: TickPumpHost) {
    this.#host = host;
  }

  /** Something changed: a want, a key, the time, the connection. */
  run(): void {
    this.#again = true;
    if (!this.#running) this.#idle = this.#loop();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Stops, once a tick that was decided on, and so counts as spent, has left. */
  finish(): Promise<void> {
    this.stop();
    return this.#idle;
  }

  async #loop(): Promise<void> {
    this.#running = true;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        await this.#step();
      } catch (error) {
        this.#host.payable()?.payer.postpone(this.#host.now() + RETRY_MS, "store-failed");
        this.#host.failed(error);
        this.#wakeIn(RETRY_MS);
      }
    }
    this.#running = false;
  }

  async #step(): Promise<void> {
    const host = this.#host;
    const channel = host.payable();
    if (!channel) return;
    channel.payer.setWanted(host.wanted());
    const decision = channel.payer.next(host.now(), host.edge());
    if (decision.kind === "wait") {
      this.#wakeIn(decision.at - host.now());
      host.waiting(decision.wait);
      return;
    }
    this.#again = true;
    const message = await channel.tickMessage(decision);
    // The connection, or the viewer's mind, may have changed while this was stored: then it is said later.
    if (host.payable() === channel && host.send(message)) host.sent(channel, decision);
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#timer);
    if (Number.isFinite(ms) && !this.#stopped) this.#timer = setTimeout(() => this.run(), Math.max(1, ms));
  }
}
