// SPDX-License-Identifier: Apache-2.0
import type { Epoch, KeysMessage, RefusedMessage } from "@tickstream/contracts-types";
import { PaymentBlockedError, SdkError } from "../../errors.ts";
import type { MediaIndex } from "../../media/media-index.ts";
import type { ChannelNegotiator } from "../channel/channel-negotiator.ts";
import { passingWaitOf, refusalOf, remedyFor } from "../channel/refusals.ts";
import { KeyRing } from "./key-ring.ts";

export interface TickAnswersHost {
  readonly media: MediaIndex;
  readonly ring: KeyRing;
  readonly negotiator: ChannelNegotiator;
  now(): number;
  later(ms: number, work: () => Promise<void>): void;
  /** Keys that match their published hashes. */
  arrived(epochs: Epoch[]): void;
  /** The node does not sell these. */
  dropped(epochs: Epoch[]): void;
  blocked(error: PaymentBlockedError): void;
  error(error: SdkError): void;
}

const RETRY_MS = 1_000;

/** Takes in what a node answers to ticks: keys, or a refusal. */
export class TickAnswers {
  readonly #host: TickAnswersHost;

  constructor(host: TickAnswersHost) {
    this.#host = host;
  }

  keys(message: KeysMessage): void {
    const { media, ring, negotiator } = this.#host;
    const arrived: Epoch[] = [];
    for (const { epoch, key } of message.keys) {
      const payers = negotiator.channels
        .map(({ payer }) => payer)
        .filter((payer) => payer.hasBought(epoch) || payer.pending.includes(epoch));
      const hash = media.keyHash(epoch) ?? payers.flatMap((payer) => payer.keyHashOf(epoch) ?? [])[0];
      // A key nobody asked for, or whose hash is not known: nothing to check it with, nothing to use it for.
      if (hash === undefined || (payers.length === 0 && !ring.isAwaited(epoch))) continue;
      if (!KeyRing.matches(key, hash)) {
        for (const payer of payers) payer.keyWrong(epoch, this.#host.now());
        this.#host.error(new PaymentBlockedError("wrong-key", undefined, { details: `epoch ${epoch}` }));
        continue;
      }
      for (const payer of payers) payer.keyArrived(epoch);
      ring.add(epoch, key);
      arrived.push(epoch);
    }
    this.#host.arrived(arrived);
  }

  async refused(message: RefusedMessage): Promise<void> {
    const { negotiator, ring } = this.#host;
    const channel = negotiator.current;
    if (!channel || (message.channel !== undefined && message.channel !== channel.id)) return;
    const refusal = refusalOf(message);
    this.#host.error(refusal);
    switch (remedyFor(message)) {
      case "again":
        channel.payer.postpone(this.#host.now() + RETRY_MS, passingWaitOf(message) ?? "recovering");
        this.#host.arrived([]);
        return;
      case "drop": {
        const refused = channel.payer.pending;
        channel.payer.refusedEpochs(refused);
        const error = new SdkError("epoch-unavailable", "The node no longer sells this second.", {
          cause: refusal,
        });
        for (const epoch of refused) ring.reject(epoch, error);
        this.#host.dropped(refused);
        return;
      }
      case "resume":
        this.#host.later(RETRY_MS, () => negotiator.reintroduce());
        return;
      case "renew":
      case "next-tab":
        await negotiator.replaceCurrent();
        return;
      case "final":
        this.#host.blocked(new PaymentBlockedError("refused", refusal.shortMessage, { cause: refusal }));
    }
  }
}
