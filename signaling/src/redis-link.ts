// SPDX-License-Identifier: Apache-2.0
import { createClient } from "redis";

const COMMAND_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 5_000;
const MAX_QUEUED_COMMANDS = 50_000;
/** A connection on which nothing moves is given up; pings move it as long as there is somebody. */
const SILENCE_MS = 10_000;
const PING_MS = 3_000;

/** The library's client, for commands and channels alike (RESP 3). */
export type RedisClient = ReturnType<typeof clientFor>;

export interface RedisLinkOptions {
  url: string;
  /**
   * Says everything anew: after every connect, and after every failure, since what was said before may be lost.
   *
   * @param inTime every command goes through it: it rejects where an answer takes too long
   */
  takeUp: (client: RedisClient, inTime: <T>(command: Promise<T>) => Promise<T>) => Promise<void>;
  onState: (state: "connected" | "lost", cause?: unknown) => void;
}

/** A Redis that may be away at any time, or hang: then nothing waits for it. */
export interface RedisLink {
  readonly state: "connected" | "lost";
  /** The command's answer; undefined while Redis is away, and where the command fails, which loses it. Never rejects. */
  attempt<T>(command: (client: RedisClient) => Promise<T>): Promise<T | undefined>;
  /** Tries again after a failure that was no silence. */
  retry(): void;
  /** Closes the connection, after a last command where it stands. */
  stop(last: (client: RedisClient) => Promise<unknown>): Promise<void>;
}

/** Connects in the background, and again whenever the connection is lost. */
export function createRedisLink({ url, takeUp, onState }: RedisLinkOptions): RedisLink {
  const client = clientFor(url);
  let state: "connected" | "lost" = "lost";
  let said: "connected" | "lost" | undefined;
  let takingUp = false;
  /** Commands whose answers are overdue. While there are any nothing is sent, so that silence can be told. */
  let overdue = 0;
  let stopping = false;

  const become = (next: "connected" | "lost", cause?: unknown): void => {
    state = next;
    if (said === next || stopping) return;
    said = next;
    onState(next, cause);
  };

  /** Waits for an answer no longer than it may take: the library waits for ever once a command is sent. */
  const inTime = async <T>(command: Promise<T>): Promise<T> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      overdue++;
      const settled = (): void => {
        overdue--;
        recover();
      };
      command.then(settled, settled);
      late.reject(new Error(`Redis did not answer within ${COMMAND_TIMEOUT_MS} ms`));
    }, COMMAND_TIMEOUT_MS);
    try {
      return await Promise.race([command, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

  const recover = (): void => {
    if (stopping || takingUp || overdue > 0 || state === "connected" || !client.isReady) return;
    takingUp = true;
    takeUp(client, inTime)
      .then(
        () => become("connected"),
        (error: unknown) => become("lost", error),
      )
      .finally(() => (takingUp = false));
  };

  client.on("ready", recover);
  client.on("error", (error) => become("lost", error));
  const connecting = client.connect().catch((error: unknown) => become("lost", error));

  return {
    get state() {
      return state;
    },
    async attempt(command) {
      if (state === "lost") return undefined;
      try {
        return await inTime(command(client));
      } catch (error) {
        become("lost", error);
        return undefined;
      }
    },
    retry: recover,
    async stop(last) {
      stopping = true;
      if (state === "connected") await inTime(last(client)).catch(() => undefined);
      client.destroy();
      await connecting;
    },
  };
}

function clientFor(url: string) {
  return createClient({
    url,
    // What can't be sent now would be wrong later.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED_COMMANDS,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: COMMAND_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) => Math.min(MAX_RECONNECT_MS, 50 * 2 ** Math.min(retries, 10)),
    },
  });
}
