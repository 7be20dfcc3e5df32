// SPDX-License-Identifier: Apache-2.0
// Whatever peers do, in whatever order: rooms hold who joined and has not left, and a message reaches whom it may, and nobody else.
import type { MemberRole, ServerMessage } from "@tickstream/contracts-types";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SignalRefusal } from "./errors.ts";
import { createInstanceId, createPeerId } from "./peer-ids.ts";
import type { Member } from "./room.ts";
import { Rooms } from "./rooms.ts";
import { shareAlone } from "./share-alone.ts";
import { DEFAULT_SIGNALING_LIMITS } from "./signaling-limits.ts";

const STREAMS = ["1", "2"];
const PEERS = 5;
const LIMITS = { ...DEFAULT_SIGNALING_LIMITS, maxPeersPerRoom: 4, maxPublishersPerRoom: 2 };

const stream = fc.constantFrom(...STREAMS);
const peer = fc.nat({ max: PEERS - 1 });
const role = fc.constantFrom<MemberRole>("publisher", "viewer", "node");
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant("join" as const), stream, peer, role }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("leave" as const), stream, peer }) },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant("write" as const), stream, peer, to: fc.option(peer) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("close" as const), stream }) },
);

/** The refusal's code, or null where it was granted. */
const outcome = async (act: () => unknown): Promise<string | null> => {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof SignalRefusal) return error.code;
    throw error;
  }
};

test("rooms do what a list of who is where would do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const instance = createInstanceId();
      const rooms = new Rooms(instance, LIMITS, shareAlone);
      const ids = Array.from({ length: PEERS }, () => createPeerId(instance));
      const inboxes = ids.map((): ServerMessage[] => []);
      /** Who is where: by stream, then by peer. */
      const model = new Map(STREAMS.map((name) => [name, new Map<number, Member>()]));
      const idsOf = (name: string, wanted: MemberRole): string[] =>
        [...model.get(name)!.values()].filter(({ role }) => role === wanted).map(({ id }) => id);

      /** What a member should be told of what it writes; and who hears it. */
      const expected = (
        name: string,
        from: number,
        to: number | null,
      ): [code: string | null, heard: number] => {
        const room = model.get(name)!;
        const writer = room.get(from);
        if (writer === undefined) return ["not-joined", -1];
        const heard = to ?? ids.indexOf(idsOf(name, "node").toSorted()[0] ?? "");
        if (heard < 0) return ["node-absent", -1];
        const reader = room.get(heard);
        if (reader === undefined) return ["peer-unknown", -1];
        return writer.role === "viewer" && reader.role === "viewer" ? ["peer-unknown", -1] : [null, heard];
      };

      for (const action of steps) {
        const room = model.get(action.stream)!;
        if (action.does === "join") {
          const { peer: who, role } = action;
          const member: Member = { id: ids[who]!, role, send: (message) => inboxes[who]!.push(message) };
          const publishers = idsOf(action.stream, "publisher").length;
          const full =
            role !== "node" && (room.size >= 4 || (role === "publisher" && publishers >= 2))
              ? "room-full"
              : null;
          const code = room.has(who) ? "already-joined" : full;
          expect(await outcome(() => rooms.join(action.stream, member))).toBe(code);
          if (code === null) room.set(who, member);
        } else if (action.does === "leave") {
          rooms.leave(action.stream, ids[action.peer]!);
          room.delete(action.peer);
        } else if (action.does === "close") {
          for (const inbox of inboxes) inbox.length = 0;
          rooms.close(action.stream);
          const told = inboxes.map((inbox) => inbox.some(({ type }) => type === "closing"));
          expect(told).toEqual(ids.map((_id, who) => room.has(who)));
          room.clear();
        } else {
          const { peer: from, to } = action;
          for (const inbox of inboxes) inbox.length = 0;
          const [code, heard] = expected(action.stream, from, to);
          const member = room.get(from) ?? { id: ids[from]!, role: "viewer", send: () => {} };
          const message = {
            type: "offer",
            stream: action.stream,
            connection: "c".repeat(16),
            sdp: "v=0",
          } as const;
          const sent = to === null ? message : { ...message, to: ids[to]! };
          expect(await outcome(() => rooms.relay(member, sent))).toBe(code);
          const hearing = inboxes.flatMap((inbox, who) =>
            inbox.some(({ type }) => type === "offer") ? [who] : [],
          );
          expect(hearing).toEqual(heard < 0 ? [] : [heard]);
        }

        expect(rooms.size).toBe([...model.values()].filter(({ size }) => size > 0).length);
        for (const name of STREAMS) {
          const state = rooms.state(name);
          if (model.get(name)!.size === 0) {
            expect(state).toBeUndefined();
            continue;
          }
          const [nodes, publishers] = [idsOf(name, "node"), idsOf(name, "publisher")];
          expect(state).toMatchObject({
            viewers: idsOf(name, "viewer").length,
            publishers: publishers.length,
          });
          expect(state?.peers.map(({ peer }) => peer).toSorted()).toEqual(
            [...nodes, ...publishers].toSorted(),
          );
        }
      }
      await rooms.stop();
      expect(rooms.size).toBe(0);
    }),
    { numRuns: 200 },
  );
});
