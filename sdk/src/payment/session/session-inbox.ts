// SPDX-License-Identifier: Apache-2.0
import type { ClosingMessage, NodeMessage, StreamId, TermsMessage } from "@tickstream/contracts-types";
import { PaymentBlockedError } from "../../errors.ts";
import type { ChannelNegotiator } from "../channel/channel-negotiator.ts";
import type { KeySupply } from "../ticks/key-supply.ts";
import type { LiveEdge } from "./live-edge.ts";

export interface SessionInboxHost {
  readonly stream: StreamId;
  readonly negotiator: ChannelNegotiator;
  readonly keys: Pick<KeySupply, "keysCame" | "tickRefused">;
  readonly edge: LiveEdge;
  terms(message: TermsMessage): void;
  /** The live edge moved: something may be for sale. */
  moved(): void;
  closing(message: ClosingMessage): void;
  streamEnded(): void;
  blocked(error: PaymentBlockedError): void;
}

/** Takes what a node says to the part of a session it concerns; several streams share the socket. */
export class SessionInbox {
  readonly #host: SessionInboxHost;

  constructor(host: SessionInboxHost) {
    this.#host = host;
  }

  async receive(message: NodeMessage): Promise<void> {
    const { stream, negotiator, keys, edge } = this.#host;
    if ("stream" in message && message.stream !== undefined && message.stream !== stream) return;
    switch (message.type) {
      case "terms":
        edge.stated(message.edge);
        this.#host.terms(message);
        return negotiator.onTerms(message);
      case "opened":
        return negotiator.onOpened(message);
      case "refused":
        if (!this.#concerns(message.channel)) return;
        return message.request === "tick" ? keys.tickRefused(message) : negotiator.onRefused(message);
      case "keys":
        return keys.keysCame(message);
      case "due":
        edge.due(message.edge);
        return this.#host.moved();
      case "closing":
        return this.#concerns(message.channel) ? this.#closing(message) : undefined;
    }
  }

  /** Whether it is about the whole stream, or about a channel of this session. */
  #concerns(channel: string | undefined): boolean {
    return channel === undefined || this.#host.negotiator.channels.some(({ id }) => id === channel);
  }

  #closing(message: ClosingMessage): Promise<void> | void {
    const host = this.#host;
    host.closing(message);
    switch (message.code) {
      case "stream-ended":
        return host.streamEnded();
      case "superseded":
        host.negotiator.superseded();
        return host.blocked(new PaymentBlockedError("superseded"));
      case "close-requested":
      case "channel-ending":
        return host.negotiator.replaceCurrent();
    }
  }
}
