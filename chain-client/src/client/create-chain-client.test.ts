// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chain as generated } from "@tickstream/contracts-types";
import { spawnDevchain } from "@tickstream/devchain";
import { describe, expect, test } from "vitest";
import { describePallet, hashPallet } from "../metadata/describe-pallet.ts";
import { getConstants, getExistentialDeposit, getToken } from "../queries/chain.ts";
import { getTab } from "../queries/tabs.ts";
import { startCuttableProxy } from "../testing/cuttable-proxy.ts";
import { useChain } from "../testing/use-chain.ts";
import { createChainClient } from "./create-chain-client.ts";

const chain = useChain(spawnDevchain);

describe("a connection", () => {
  test("knows the chain, its heads and constants", async () => {
    const { client } = chain;
    expect(client.state).toBe("connected");
    expect(client.genesisHash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(getConstants(client)).toEqual(generated.TICK_STREAM_CONSTANTS);
    expect(getToken(client)).toEqual({ decimals: 12, symbol: "UNIT", ss58Prefix: 42 });
    expect(getExistentialDeposit(client)).toBeGreaterThan(0n);
    const { number } = client.bestHead();
    await expect.poll(() => client.finalizedHead().number, { timeout: 10_000 }).toBeGreaterThan(number);
  });

  test("comes back by itself, and says when it is away", async () => {
    const proxy = await startCuttableProxy(chain.url);
    const client = await createChainClient({ url: proxy.url });
    try {
      const states: string[] = [];
      client.onState((state) => states.push(state));
      proxy.cut();
      await expect.poll(() => states).toEqual(["disconnected"]);
      expect(client.state).toBe("disconnected");
      await expect(getTab(client, { tab: 1n })).rejects.toMatchObject({ code: "chain-unreachable" });
      proxy.restore();
      await expect.poll(() => client.state, { timeout: 10_000 }).toBe("connected");
      expect(states).toEqual(["disconnected", "connected"]);
      const heard = new Promise((resolve) => client.onBestHead(resolve));
      await heard;
      expect(await getTab(client, { tab: 1n })).toBeNull();
    } finally {
      await client.disconnect();
      await proxy.stop();
    }
  });

  test("refuses another chain that took the address", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "tickstream-other-chain-"));
    const other = await spawnDevchain({ dataDir, port: 0, blockTimeMs: 1_000 });
    const proxy = await startCuttableProxy(chain.url);
    const client = await createChainClient({ url: proxy.url });
    try {
      proxy.cut();
      await expect.poll(() => client.state).toBe("disconnected");
      proxy.restore(other.url);
      await expect
        .poll(() => getTab(client, { tab: 1n }).catch((error: unknown) => error), { timeout: 10_000 })
        .toMatchObject({ code: "chain-changed" });
      expect(client.state).toBe("disconnected");
    } finally {
      await client.disconnect();
      await proxy.stop();
      await other.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  test("that nobody answers is given up in time", async () => {
    const silent = createServer(() => {});
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const start = performance.now();
    await expect(createChainClient({ url: `ws://127.0.0.1:${port}`, timeoutMs: 500 })).rejects.toMatchObject({
      code: "chain-unreachable",
    });
    expect(performance.now() - start).toBeLessThan(5_000);
    silent.close();
    await expect(createChainClient({ url: `ws://127.0.0.1:${port}`, timeoutMs: 500 })).rejects.toMatchObject({
      code: "chain-unreachable",
    });
    const impatient = { url: `ws://127.0.0.1:${port}`, timeoutMs: 600_000, maxRefusals: 2 };
    await expect(createChainClient(impatient)).rejects.toMatchObject({ code: "chain-unreachable" });
  });

  test("leaves nothing that keeps a program running", async () => {
    const script = `
      import { createChainClient } from ${JSON.stringify(import.meta.resolve("./create-chain-client.ts"))};
      const client = await createChainClient({ url: ${JSON.stringify(chain.url)} });
      await client.disconnect();
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    const [code] = (await once(child, "exit", { signal: AbortSignal.timeout(20_000) })) as [number];
    expect(code).toBe(0);
  });
});

describe("the pallet's fingerprint", () => {
  const pallet = () => {
    const description = describePallet(chain.client.internals.runtime.metadata, "TickStream");
    if (description === null) throw new Error("no pallet");
    return description;
  };

  test("is the generated one", () => {
    expect(hashPallet(pallet())).toBe(generated.TICK_STREAM_FINGERPRINT);
    expect(describePallet(chain.client.internals.runtime.metadata, "Nothing")).toBeNull();
  });

  test("is another for another call, event, error or type, not for other words or values", () => {
    const { calls, errors, constants } = pallet();
    const fingerprint = (change: object) => hashPallet({ ...pallet(), ...change });
    expect(fingerprint({ calls: calls.slice(1) })).not.toBe(fingerprint({}));
    expect(fingerprint({ errors: errors.toReversed() })).not.toBe(fingerprint({}));
    expect(fingerprint({ calls: calls.map((call) => ({ ...call, index: call.index + 1 })) })).not.toBe(
      fingerprint({}),
    );
    expect(fingerprint({ errors: errors.map((error) => ({ ...error, docs: ["Other words."] })) })).toBe(
      fingerprint({}),
    );
    expect(
      fingerprint({ constants: constants.map((constant) => ({ ...constant, value: new Uint8Array(4) })) }),
    ).toBe(fingerprint({}));
  });
});
