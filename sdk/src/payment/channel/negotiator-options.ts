// SPDX-License-Identifier: Apache-2.0
import type {
  AccountId,
  Hex,
  Planck,
  StreamId,
  TermsMessage,
  ViewerMessage,
} from "@tickstream/contracts-types";
import type { PaymentBlockedError, SdkError } from "../../errors.ts";
import type { ChannelRecord, SessionStore } from "../session-store.ts";
import type { WebRtcTicket } from "../session/pay-session.ts";
import type { SpendMeter } from "../session/spend-meter.ts";
import type { PayerOptions } from "../ticks/payer.ts";
import type { TabChoice } from "./make-commitment.ts";

/** What the negotiator needs of its session. */
interface NegotiatorHost {
  send(message: ViewerMessage): boolean;
  now(): number;
  /** Runs `work` in the session's queue after `ms`, unless the session ends first. */
  later(ms: number, work: () => Promise<void>): void;
  payerOptions(terms: TermsMessage): Omit<PayerOptions, "progress" | "maxTicks" | "rate">;
  /** The current channel can pay. */
  ready(): void;
  blocked(error: PaymentBlockedError): void;
  termsChanged(change: { from: Planck; to: Planck; terms: number }): void;
  /** A channel that the session holds has a ticket for WebRTC. */
  ticket(ticket: WebRtcTicket): void;
  error(error: SdkError): void;
}

export interface NegotiatorOptions extends TabChoice {
  host: NegotiatorHost;
  store: SessionStore;
  spend: SpendMeter;
  node: string;
  stream: StreamId;
  genesisHash: Hex;
  operator: AccountId;
  /** The rate the viewer agreed to. */
  rate: Planck;
  resume: ChannelRecord | undefined;
}
