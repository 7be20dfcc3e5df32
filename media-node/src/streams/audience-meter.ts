// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";
import { networkAddress } from "@tickstream/signaling/limits";

const PLAYLIST = /^\/live\/([a-z0-9]{1,20})\/[^?]*\.m3u8/;
const FRESH_MS = 15_000;
const MAX_PLAYERS = 20_000;

/**
 * How many players poll a stream's playlist: for streams that nobody pays for, so that no socket tells.
 * Players behind one address that call themselves the same count as one.
 */
export class AudienceMeter {
  readonly #players = new Map<string, Map<string, number>>();
  #size = 0;

  /** Notes a request for a playlist; others are of no interest. */
  note(request: IncomingMessage, known: (stream: string) => boolean): void {
    const stream = PLAYLIST.exec(request.url ?? "")?.[1];
    if (stream === undefined || !known(stream)) return;
    const agent = (request.headers["user-agent"] ?? "").slice(0, 128);
    const player = `${networkAddress(request.socket.remoteAddress)} ${agent}`;
    const players = this.#players.get(stream) ?? new Map<string, number>();
    this.#players.set(stream, players);
    if (!players.has(player)) {
      if (this.#size >= MAX_PLAYERS) this.#forgetStale();
      if (this.#size >= MAX_PLAYERS) return;
      this.#size++;
    }
    players.set(player, performance.now());
  }

  count(stream: string): number {
    const oldest = performance.now() - FRESH_MS;
    let count = 0;
    for (const seen of this.#players.get(stream)?.values() ?? []) if (seen >= oldest) count++;
    return count;
  }

  #forgetStale(): void {
    const oldest = performance.now() - FRESH_MS;
    for (const [stream, players] of this.#players) {
      for (const [player, seen] of players) {
        if (seen < oldest && players.delete(player)) this.#size--;
      }
      if (players.size === 0) this.#players.delete(stream);
    }
  }
}
