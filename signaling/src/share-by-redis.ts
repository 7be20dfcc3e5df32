// SPDX-License-Identifier: Apache-2.0

// Rooms of several instances through one Redis: each instance keeps what it has in a room in a key that expires, tells the
// others of a change on the room's channel, and takes what is for its peers on a channel of its own. An instance that dies is
// forgotten when its keys expire; while Redis is away each goes on alone, and takes up the others when it is back.

import {
  encodeInstanceMessage,
  parseInstanceMessage,
  WireMessageError,
  type InstanceMessage,
} from "@tickstream/contracts-types";
import { createClient } from "redis";
import type { InstanceId } from "./peer-ids.ts";
import type { RoomShare, Sharing, SharingEvents, SharingState } from "./sharing.ts";

export interface ShareByRedisOptions {
  /** `redis://` or `rediss://`. */
  url: string;
  instance: InstanceId;
  events: SharingEvents;
  /** How long others believe in an instance that says nothing, in milliseconds. */
  shareTtlMs: number;
  onState: (state: "connected" | "lost", cause?: unknown) => void;
}

const PREFIX = "tickstream:signal:1:";
const COMMAND_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_MS = 5_000;
const MAX_QUEUED_COMMANDS = 50_000;
/** Changes of a room within this time are told as one. */
const ANNOUNCE_DELAY_MS = 20;

interface SharedRoom {
  own: RoomShare;
  /** The others' parts, each believed until `until` (of `performance.now()`). */
  others: Map<InstanceId, { share: RoomShare; until: number }>;
  announcing: NodeJS.Timeout | undefined;
}

/** Connects in the background: an instance starts, and runs, without its Redis. */
export function shareByRedis({ url, instance, events, shareTtlMs, onState }: ShareByRedisOptions): Sharing {
  const rooms = new Map<string, SharedRoom>();
  /** What listens to each room's channel; one that was left while Redis was away is still here. */
  const listeners = new Map<string, (text: string) => void>();
  let state: SharingState = "lost";
  let said: SharingState | undefined;
  let stopping = false;

  const client = createClient({
    url,
    // What can't be sent now would be wrong later: rooms are announced anew after a loss.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED_COMMANDS,
    pingInterval: shareTtlMs,
    commandOptions: { timeout: COMMAND_TIMEOUT_MS },
    socket: {
      connectTimeout: COMMAND_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(MAX_RECONNECT_MS, 50 * 2 ** Math.min(retries, 10)),
    },
  });
  const roomChannel = (stream: string): string => `${PREFIX}room:${stream}`;
  const instanceChannel = (id: InstanceId): string => `${PREFIX}instance:${id}`;
  const shareKey = (stream: string, id: InstanceId): string => `${PREFIX}share:${stream}:${id}`;
  const instancesKey = (stream: string): string => `${PREFIX}instances:${stream}`;

  const become = (next: "connected" | "lost", cause?: unknown): void => {
    state = next;
    if (said === next || stopping) return;
    said = next;
    onState(next, cause);
  };

  /** A command whose failure means no more than that the others don't hear of it now. */
  const attempt = async (command: () => Promise<unknown>): Promise<void> => {
    if (!client.isReady) return;
    try {
      await command();
    } catch (error) {
      if (!client.isReady) become("lost", error);
    }
  };

  const publish = (channel: string, message: InstanceMessage): Promise<number> =>
    client.publish(channel, encodeInstanceMessage(message));

  const announce = (stream: string, own: RoomShare): Promise<void> => {
    const message: InstanceMessage = { type: "share", instance, ...own };
    return attempt(() =>
      Promise.all([
        client.set(shareKey(stream, instance), encodeInstanceMessage(message), {
          expiration: { type: "PX", value: shareTtlMs },
        }),
        client.sAdd(instancesKey(stream), instance),
        client.pExpire(instancesKey(stream), 2 * shareTtlMs),
        publish(roomChannel(stream), message),
      ]),
    );
  };

  /** What another instance said of a room, on its channel or in its key. */
  const hear = (stream: string, message: InstanceMessage | null): void => {
    const room = rooms.get(stream);
    if (room === undefined || message === null || message.type === "delivery") return;
    if (message.instance === instance) return;
    if (message.type === "closed") return events.closed(stream);
    if (message.type === "left") {
      room.others.delete(message.instance);
    } else {
      const { type: _type, instance: id, ...share } = message;
      room.others.set(id, { share, until: performance.now() + shareTtlMs });
    }
    events.changed(stream);
  };

  const onDelivery = (text: string): void => {
    const message = readMessage(text);
    if (message?.type !== "delivery") return;
    const { type: _type, ...delivery } = message;
    events.delivered(delivery);
  };

  const take = async (stream: string): Promise<void> => {
    const listener = listeners.get(stream) ?? ((text: string) => hear(stream, readMessage(text)));
    listeners.set(stream, listener);
    // First to listen, then to read: what changes in between is heard twice, rather than never.
    await client.subscribe(roomChannel(stream), listener);
    const ids = (await client.sMembers(instancesKey(stream))).filter((id) => id !== instance);
    if (ids.length === 0) return;
    const shares = await client.mGet(ids.map((id) => shareKey(stream, id)));
    for (const share of shares) if (share !== null) hear(stream, readMessage(share));
    const expired = ids.filter((_id, i) => shares[i] === null);
    if (expired.length > 0) await client.sRem(instancesKey(stream), expired);
  };

  const leave = async (stream: string): Promise<void> => {
    const listener = listeners.get(stream);
    listeners.delete(stream);
    await Promise.all([
      client.del(shareKey(stream, instance)),
      client.sRem(instancesKey(stream), instance),
      publish(roomChannel(stream), { type: "left", instance }),
      client.unsubscribe(roomChannel(stream), listener),
    ]);
  };

  /** After every connect: what was said before may have been lost, here and there. */
  const takeUp = async (): Promise<void> => {
    await client.subscribe(instanceChannel(instance), onDelivery);
    const left = [...listeners.keys()].filter((stream) => !rooms.has(stream));
    await Promise.all([
      ...left.map((stream) => leave(stream)),
      ...[...rooms].map(async ([stream, { own }]) => {
        await take(stream);
        await announce(stream, own);
      }),
    ]);
  };

  const forget = (stream: string, id: InstanceId): void => {
    if (rooms.get(stream)?.others.delete(id)) events.changed(stream);
  };

  const refresh = setInterval(() => {
    const now = performance.now();
    for (const [stream, { own, others }] of rooms) {
      void announce(stream, own);
      for (const [id, { until }] of others) if (until <= now) forget(stream, id);
    }
  }, shareTtlMs / 3);

  client.on("ready", () => {
    takeUp().then(
      () => become("connected"),
      // The connection broke again: the next "ready" begins anew.
      (error: unknown) => become("lost", error),
    );
  });
  client.on("error", (error) => become("lost", error));
  const connecting = client.connect().catch((error: unknown) => become("lost", error));

  return {
    get state() {
      return state;
    },
    async enter(stream) {
      const own = { viewers: 0, live: false, peers: [] };
      rooms.set(stream, { own, others: new Map(), announcing: undefined });
      await attempt(() => take(stream));
    },
    announce(stream, share) {
      const room = rooms.get(stream);
      if (room === undefined) return;
      room.own = share;
      room.announcing ??= setTimeout(() => {
        room.announcing = undefined;
        void announce(stream, room.own);
      }, ANNOUNCE_DELAY_MS);
    },
    leave(stream) {
      const room = rooms.get(stream);
      if (room === undefined) return;
      clearTimeout(room.announcing);
      rooms.delete(stream);
      void attempt(() => leave(stream));
    },
    others: (stream) => [...(rooms.get(stream)?.others.values() ?? [])].map(({ share }) => share),
    async deliver(to, delivery) {
      if (!client.isReady) return false;
      try {
        if ((await publish(instanceChannel(to), { type: "delivery", ...delivery })) > 0) return true;
        // Nobody listens there: that instance is gone, whatever its key says.
        forget(delivery.stream, to);
        return false;
      } catch {
        return false;
      }
    },
    close(stream) {
      void attempt(() => publish(roomChannel(stream), { type: "closed", instance }));
    },
    async stop() {
      stopping = true;
      clearInterval(refresh);
      // What was said last still leaves, where there is somebody to take it.
      if (client.isReady) await attempt(() => client.unsubscribe());
      client.destroy();
      await connecting;
    },
  };
}

/** What is no message of ours is nobody's. */
function readMessage(text: string): InstanceMessage | null {
  try {
    return parseInstanceMessage(text);
  } catch (error) {
    if (error instanceof WireMessageError) return null;
    throw error;
  }
}
