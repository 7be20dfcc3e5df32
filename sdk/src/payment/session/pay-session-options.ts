// SPDX-License-Identifier: Apache-2.0
import type { AccountId, Hex, Planck, StreamId } from "@tickstream/contracts-types";
import type { MediaIndex } from "../../media/media-index.ts";
import type { TabChoice } from "../channel/make-commitment.ts";
import type { ChannelRecord, SessionStore } from "../session-store.ts";
import type { PaySocket } from "./pay-socket.ts";

/** What a pay session is made of. */
export interface PaySessionOptions extends TabChoice {
  socket: Pick<PaySocket, "on" | "send" | "isOpen" | "retryNow">;
  store: SessionStore;
  media: MediaIndex;
  /** The node's base URL: where channels of this device are found again. */
  node: string;
  playlistUrl: string;
  /** `null` where the node offers no WebRTC. */
  whepUrl?: string | null | undefined;
  stream: StreamId;
  genesisHash: Hex;
  operator: AccountId;
  tickMs: number;
  /** The rate the viewer agreed to. */
  rate: Planck;
  limit: Planck;
  /** A channel of an earlier session to go on with. */
  resume?: ChannelRecord | undefined;
  /** The viewer's own exposure window; the lower of this and the node's holds. */
  exposureWindow?: number | undefined;
  /** The longest lead-in that a join may buy, in milliseconds of media. */
  maxLeadInMs?: number | undefined;
  /** Ends with its session where the session is the only one on it. */
  onDispose?: (() => void) | undefined;
  fetch?: typeof fetch | undefined;
  /** Milliseconds of a clock that never goes back. */
  now?: (() => number) | undefined;
}
