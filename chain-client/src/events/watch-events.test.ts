// SPDX-License-Identifier: Apache-2.0
import { spawnDevchain } from "@tickstream/devchain";
import { describe, expect, test } from "vitest";
import { createChainClient } from "../client/create-chain-client.ts";
import { offerAndTab } from "../testing/channel.ts";
import { startCuttableProxy } from "../testing/cuttable-proxy.ts";
import { useChain } from "../testing/use-chain.ts";
import { watchEvents, type BlockEvents } from "./watch-events.ts";

const chain = useChain(spawnDevchain);

describe("watchEvents", () => {
  test.each([true, false])("every block and event from the first on (finalized: %s)", async (finalized) => {
    const { client } = chain;
    const from = 1;
    const { stream, tab } = await offerAndTab(client);
    const seen: BlockEvents[] = [];
    for await (const blockEvents of watchEvents(client, { finalized, from })) {
      seen.push(blockEvents);
      const all = seen.flatMap(({ events }) => events);
      const hasTab = all.some((event) => event.name === "TabOpened" && event.data.tab === tab);
      const hasStream = all.some(
        (event) => event.name === "StreamRegistered" && event.data.stream === stream,
      );
      if (hasTab && hasStream) break;
    }
    expect(seen.map(({ block }) => block.number)).toEqual(seen.map((_, i) => from + i));
    const added = seen.flatMap(({ events }) => events).find(({ name }) => name === "TermsAdded");
    expect(added).toMatchObject({
      pallet: "TickStream",
      data: { terms: 1, rate: 1_000_000_000n, operatorShare: 50_000_000 },
    });
    expect(added?.extrinsic).toBeGreaterThan(0);
  });

  test("no block is missed while the connection is away", async () => {
    const proxy = await startCuttableProxy(chain.url);
    const client = await createChainClient({ url: proxy.url });
    const stop = new AbortController();
    const numbers: number[] = [];
    try {
      const watching = (async () => {
        for await (const { block } of watchEvents(client, { finalized: false, signal: stop.signal })) {
          numbers.push(block.number);
        }
      })();
      await expect.poll(() => numbers.length, { timeout: 10_000 }).toBeGreaterThan(1);
      proxy.cut();
      const head = chain.client.bestHead().number;
      await expect.poll(() => chain.client.bestHead().number, { timeout: 10_000 }).toBeGreaterThan(head + 3);
      proxy.restore();
      await expect.poll(() => numbers.at(-1), { timeout: 10_000 }).toBeGreaterThan(head + 4);
      stop.abort();
      await watching;
      expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
    } finally {
      await client.disconnect();
      await proxy.stop();
    }
  });

  test("ends when the client is disconnected", async () => {
    const client = await createChainClient({ url: chain.url });
    const watching = (async () => {
      for await (const { block } of watchEvents(client, { finalized: true })) {
        expect(block.number).toBeGreaterThan(0);
        await client.disconnect();
      }
    })();
    await watching;
  });
});
