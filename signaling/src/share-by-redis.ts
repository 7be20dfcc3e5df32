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
import type { InstanceId } from "./peer-ids.ts";
import { createRedisLink, type RedisClient } from "./redis-link.ts";
import type { RoomShare, Sharing, SharingEvents } from "./sharing.ts";

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
const roomChannel = (stream: string): string => `${PREFIX}room:${stream}`;
const instanceChannel = (id: InstanceId): string => `${PREFIX}instance:${id}`;
const shareKey = (stream: string, id: InstanceId): string => `${PREFIX}share:${stream}:${id}`;
const instancesKey = (stream: string): string => `${PREFIX}instances:${stream}`;

/** Changes of a room within this time are told as one, milliseconds. */
const ANNOUNCE_DELAY_MS = 20;

/** Rooms said at a time: some 700 commands. */
const BATCH = 100;

interface SharedRoom {
  own: RoomShare;
  /** The others' parts, each believed until `until` (of `performance.now()`). */
  others: Map<InstanceId, { share: RoomShare; until: number }>;
  announcing: NodeJS.Timeout | undefined;
}

/** Starts, and runs, without its Redis as well. */
export function shareByRedis({ url, instance, events, shareTtlMs, onState }: ShareByRedisOptions): Sharing {
  const rooms = new Map<string, SharedRoom>();
  /** What listens to each room's channel; one that was left while Redis was away is still here. */
  const listeners = new Map<string, (text: string) => void>();

  const publish = (client: RedisClient, channel: string, message: InstanceMessage): Promise<number> =>
    client.publish(channel, encodeInstanceMessage(message));

  const announce = (client: RedisClient, stream: string, own: RoomShare): Promise<unknown> => {
    const message: InstanceMessage = { type: "share", instance, ...own };
    return Promise.all([
      client.set(shareKey(stream, instance), encodeInstanceMessage(message), {
        expiration: { type: "PX", value: shareTtlMs },
      }),
      client.sAdd(instancesKey(stream), instance),
      client.pExpire(instancesKey(stream), 2 * shareTtlMs),
      publish(client, roomChannel(stream), message),
    ]);
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

  const take = async (client: RedisClient, stream: string): Promise<void> => {
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

  const leave = (client: RedisClient, stream: string): Promise<unknown> => {
    const listener = listeners.get(stream);
    listeners.delete(stream);
    return Promise.all([
      client.del(shareKey(stream, instance)),
      client.sRem(instancesKey(stream), instance),
      publish(client, roomChannel(stream), { type: "left", instance }),
      client.unsubscribe(roomChannel(stream), listener),
    ]);
  };

  const link = createRedisLink({
    url,
    onState,
    async takeUp(client, inTime) {
      await inTime(client.subscribe(instanceChannel(instance), onDelivery));
      const left = [...listeners.keys()].filter((stream) => !rooms.has(stream));
      for (const some of inBatches(left))
        await inTime(Promise.all(some.map((stream) => leave(client, stream))));
      const taken = new Set<string>();
      const untaken = (): string[] => [...rooms.keys()].filter((stream) => !taken.has(stream));
      const takeOne = async (stream: string): Promise<void> => {
        taken.add(stream);
        await take(client, stream);
        const room = rooms.get(stream);
        if (room !== undefined) await announce(client, stream, room.own);
      };
      // Rooms may be entered meanwhile.
      for (let streams = untaken(); streams.length > 0; streams = untaken()) {
        for (const some of inBatches(streams)) await inTime(Promise.all(some.map(takeOne)));
      }
    },
  });

  const forget = (stream: string, id: InstanceId): void => {
    if (rooms.get(stream)?.others.delete(id)) events.changed(stream);
  };

  let refreshing = false;
  const refresh = async (): Promise<void> => {
    const now = performance.now();
    for (const [stream, { others }] of rooms) {
      for (const [id, { until }] of others) if (until <= now) forget(stream, id);
    }
    if (refreshing) return;
    refreshing = true;
    for (const some of inBatches([...rooms])) {
      const still = some.filter(([stream]) => rooms.has(stream));
      await link.attempt((client) =>
        Promise.all(still.map(([stream, { own }]) => announce(client, stream, own))),
      );
    }
    refreshing = false;
  };
  const timer = setInterval(() => {
    link.retry();
    void refresh();
  }, shareTtlMs / 3);

  return {
    get state() {
      return link.state;
    },
    async enter(stream) {
      const own = { viewers: 0, live: false, peers: [] };
      rooms.set(stream, { own, others: new Map(), announcing: undefined });
      await link.attempt((client) => take(client, stream));
    },
    announce(stream, share) {
      const room = rooms.get(stream);
      if (room === undefined) return;
      room.own = share;
      room.announcing ??= setTimeout(() => {
        room.announcing = undefined;
        void link.attempt((client) => announce(client, stream, room.own));
      }, ANNOUNCE_DELAY_MS);
    },
    leave(stream) {
      const room = rooms.get(stream);
      if (room === undefined) return;
      clearTimeout(room.announcing);
      rooms.delete(stream);
      void link.attempt((client) => leave(client, stream));
    },
    others: (stream) => [...(rooms.get(stream)?.others.values() ?? [])].map(({ share }) => share),
    async deliver(to, delivery) {
      const receivers = await link.attempt((client) =>
        publish(client, instanceChannel(to), { type: "delivery", ...delivery }),
      );
      // Nobody listens there: that instance is gone, whatever its key says.
      if (receivers === 0) forget(delivery.stream, to);
      return receivers !== undefined && receivers > 0;
    },
    close(stream) {
      void link.attempt((client) => publish(client, roomChannel(stream), { type: "closed", instance }));
    },
    async stop() {
      clearInterval(timer);
      // What was said last has left when this is answered.
      await link.stop((client) => client.unsubscribe());
    },
  };
}

/** Many rooms are not said all at once: the connection's queue is bounded, and so is the time an answer may take. */
function* inBatches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
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
