// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { expect, test } from "vitest";
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

test("there are no blocks beyond the final head, and never more than were asked for", async () => {
  const { client } = chain;
  const head = client.finalizedHead().number;
  expect(await readFinalBlocks(client, { from: head + 1_000, count: 10 })).toEqual([]);
  expect((await readFinalBlocks(client, { from: 1, count: 1 })).map(({ number }) => number)).toEqual([1]);
  expect((await readFinalBlocks(client, { from: head, count: 1_000 })).length).toBeLessThan(100);
});
