// SPDX-License-Identifier: Apache-2.0
import { LedgerUnavailableError } from "../../ledger/group-commit.ts";
import type { ChannelGate, PayGates } from "../../protect/pay-gate.ts";
import { SdpEndpointError } from "../../webrtc/sdp-endpoint.ts";
import type { FrameGate } from "./webrtc-viewer.ts";

/** A channel that is used up gives way to the next; a few may still be sending what they bought. */
const MAX_CHANNELS = 4;

/** What one viewer may be forwarded: whatever one of the viewer's channels has bought. */
export class ViewerGate implements FrameGate {
  readonly #gates: PayGates;
  readonly #stream: string;
  #channels: ChannelGate[] = [];
  #adding = 0;
  #lost: () => void = () => {};

  constructor(gates: PayGates, stream: string) {
    this.#gates = gates;
    this.#stream = stream;
  }

  /** @param lost runs when each of its channels is watched elsewhere */
  onLost(lost: () => void): void {
    this.#lost = lost;
  }

  isOpen(epoch: number): boolean {
    return this.#channels.some((channel) => channel.isOpen(epoch));
  }

  /**
   * Lets through what this ticket's channel has bought, and buys.
   *
   * @throws SdpEndpointError `payment-required`, `token-elsewhere`
   */
  async add(ticket: string | undefined): Promise<void> {
    if (ticket === undefined) {
      throw new SdpEndpointError(
        "payment-required",
        "The stream is paid for: a pay socket gives the ticket.",
      );
    }
    this.#adding++;
    try {
      const gate = await this.#gates.open(ticket, () => this.#drop(gate)).catch(tellRecovering);
      if (gate === undefined) {
        throw new SdpEndpointError("payment-required", "The ticket is not good here (any more).");
      }
      if (gate.stream.toString() !== this.#stream) {
        gate.close();
        throw new SdpEndpointError("token-elsewhere", "The ticket is for another stream.");
      }
      this.#channels.push(gate);
      if (this.#channels.length > MAX_CHANNELS) this.#channels.shift()?.close();
    } finally {
      this.#adding--;
    }
  }

  close(): void {
    for (const channel of this.#channels.splice(0)) channel.close();
  }

  /** Another session shows a ticket of that channel: perhaps a newer one of this very session. */
  #drop(gate: ChannelGate | undefined): void {
    this.#channels = this.#channels.filter((channel) => channel !== gate);
    if (this.#channels.length === 0 && this.#adding === 0) this.#lost();
  }
}

function tellRecovering(error: unknown): never {
  if (!(error instanceof LedgerUnavailableError)) throw error;
  throw new SdpEndpointError(
    "recovering",
    "The node is recovering: nothing was charged, try again in a moment.",
  );
}
