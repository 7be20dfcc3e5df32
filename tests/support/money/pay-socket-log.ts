// SPDX-License-Identifier: Apache-2.0
import {
  type ChannelId,
  type Epoch,
  parseNodeMessage,
  parseViewerMessage,
} from "@tickstream/contracts-types";
import type { Page } from "playwright-core";

/** What crossed the pay sockets of a page, reloads included. */
export interface PaySocketLog {
  /** Every epoch whose key came. */
  readonly epochs: ReadonlySet<Epoch>;
  /** The highest `n` that the page revealed, by channel. */
  readonly paid: ReadonlyMap<ChannelId, number>;
  /** Ticks that the page revealed in all channels together. */
  total(): number;
  /** Resolves once `condition` holds; it is asked at every frame. */
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
}

/** Reads along with a page's pay sockets, from its next one on. */
export function logPaySocket(page: Page): PaySocketLog {
  const epochs = new Set<Epoch>();
  const paid = new Map<ChannelId, number>();
  const listeners = new Set<() => void>();
  const look = (): void => {
    for (const listener of listeners) listener();
  };
  page.on("websocket", (socket) => {
    if (!socket.url().endsWith("/pay")) return;
    socket.on("framereceived", ({ payload }) => {
      const message = parseNodeMessage(payload);
      if (message.type === "keys") for (const { epoch } of message.keys) epochs.add(epoch);
      look();
    });
    socket.on("framesent", ({ payload }) => {
      const message = parseViewerMessage(payload);
      if (message.type === "tick") {
        paid.set(message.channel, Math.max(paid.get(message.channel) ?? 0, message.n));
      }
      look();
    });
  });
  const total = (): number => [...paid.values()].reduce((sum, n) => sum + n, 0);
  return {
    epochs,
    paid,
    total,
    until: (condition, what, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(check);
        };
        const check = (): void => {
          if (!condition()) return;
          finish();
          resolve();
        };
        const timer = setTimeout(() => {
          finish();
          reject(new Error(`${what}: not within ${timeoutMs} ms; ${total()} paid, ${epochs.size} keys`));
        }, timeoutMs);
        listeners.add(check);
        check();
      }),
  };
}
