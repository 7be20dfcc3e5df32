// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { expect, test } from "vitest";
import type { ChainClient } from "../client/chain-client.ts";
import { offerAndTab } from "../testing/channel.ts";
import { useChain } from "../testing/use-chain.ts";
import { readFinalBlocks, type FinalBlock } from "./read-final-blocks.ts";
import { watchEvents } from "./watch-events.ts";

const chain = useChain(spawnDevchain);

test("history is what those saw who watched it, with each block's time and each event's place", async () => {
  const { client } = chain;
  const { stream } = await offerAndTab(client);
  const watched: Pick<FinalBlock, "number" | "hash" | "events">[] = [];
  for await (const { block, events } of watchEvents(client, { finalized: true, from: 1 })) {
    watched.push({ ...block, events });
    if (events.some(({ name }) => name === "TabOpened")) break;
  }
  const read = await readFinalBlocks(client, { from: 1, count: watched.length });
  expect(read.map(({ number, hash, events }) => ({ number, hash, events }))).toEqual(watched);
  const times = read.map(({ time }) => time.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(Math.abs(Date.now() - times.at(-1)!)).toBeLessThan(600_000);
  const events = read.flatMap((block) => block.events);
  const registered = events.find(
    (event) => event.name === "StreamRegistered" && event.data.stream === stream,
  );
  const added = events.find((event) => event.name === "TermsAdded" && event.data.stream === stream);
  expect(added!.index).not.toBe(registered!.index);
  expect(added!.extrinsic).toBe(registered!.extrinsic);
});

test("events are decoded by the runtime that made their block", async () => {
  const { client } = chain;
  const head = client.finalizedHead().number;
  const whole = await readFinalBlocks(client, { from: 1, count: head });
  const asked: unknown[][] = [];
  // The chain says that all blocks were made by an older version: it is asked once for what that was, where it was.
  const { connection } = client.internals;
  const older = Object.create(connection, {
    request: {
      async value(method: string, params: unknown[] = []) {
        if (method === "state_getMetadata" || method === "state_getRuntimeVersion") {
          asked.push([method, ...params]);
          return connection.request(method);
        }
        const answer = await connection.request<{ changes: [string, string | null][] }[]>(method, params);
        if (method !== "state_queryStorageAt") return answer;
        const changes = answer[0]!.changes.with(2, [answer[0]!.changes[2]![0], `0x00${"00".repeat(4)}`]);
        return [{ ...answer[0], changes }];
      },
    },
  }) as typeof connection;
  const { runtime, ...others } = client.internals;
  const before: ChainClient = {
    ...client,
    finalizedHead: () => client.finalizedHead(),
    internals: { ...others, runtime, connection: older },
  };
  expect(await readFinalBlocks(before, { from: 2, count: head - 1 })).toEqual(whole.slice(1));
  expect(asked).toEqual([
    ["state_getMetadata", whole[0]!.hash],
    ["state_getRuntimeVersion", whole[0]!.hash],
  ]);
});

test("there are no blocks beyond the final head, and never more than were asked for", async () => {
  const { client } = chain;
  const head = client.finalizedHead().number;
  expect(await readFinalBlocks(client, { from: head + 1_000, count: 10 })).toEqual([]);
  expect((await readFinalBlocks(client, { from: 1, count: 1 })).map(({ number }) => number)).toEqual([1]);
  expect((await readFinalBlocks(client, { from: head, count: 1_000 })).length).toBeLessThan(100);
});
