// SPDX-License-Identifier: Apache-2.0
// What a cheating node can take from a viewer: the exposure window, one tick, and nothing more. The viewer is the SDK; the node is
// the real one behind a proxy that withholds, forges and lies.
import { randomBytes } from "node:crypto";
import {
  type ChannelId,
  type Epoch,
  formatKeyHashes,
  keyHash,
  type NodeMessage,
  parseProtection,
  planck,
} from "@tickstream/contracts-types";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Encoder, startEncoder } from "../support/media/encoder.ts";
import { type HeadlessViewer, startHeadlessViewer } from "../support/money/headless-viewer.ts";
import { type PaidStream, startSystem, type TestSystem } from "../support/system/system.ts";
import { startTamperingProxy, type TamperingProxy } from "../support/money/tampering-proxy.ts";

const UNIT = 1_000_000_000_000n;
const EXPOSURE_WINDOW = 1;

describe("a node that cheats", () => {
  let system: TestSystem;
  let stream: PaidStream;
  let encoder: Encoder;
  let proxy: TamperingProxy;
  let viewer: HeadlessViewer | undefined;
  /** The highest `n` that left a viewer, by channel, over all tests. */
  const revealedIn = new Map<ChannelId, number>();

  beforeAll(async () => {
    system = await startSystem({ node: { settleAfter: 1 } });
    stream = await system.createStream({ creator: "//Alice", title: "Cheat", rate: 1_000_000n });
    encoder = startEncoder({ url: stream.publishUrl, gopSeconds: 1, kbps: 300 });
    await system.untilLive(stream);
  });
  afterAll(async () => {
    await encoder?.stop();
    await system?.stop();
  });
  beforeEach(async () => {
    proxy = await startTamperingProxy(system.node.url);
  });
  afterEach(async () => {
    await viewer?.stop();
    viewer = undefined;
    for (const message of proxy.fromViewer) {
      if (message.type !== "tick" && message.type !== "resume") continue;
      revealedIn.set(message.channel, Math.max(message.n, revealedIn.get(message.channel) ?? 0));
    }
    await proxy.stop();
  });

  const watch = async (): Promise<HeadlessViewer> =>
    (viewer = await startHeadlessViewer({
      node: proxy.url,
      stream: stream.id,
      suri: "//Bob",
      limit: UNIT,
      deposit: 10n * UNIT,
      api: system.api,
    }));
  /** The most that the node can settle: the highest `n` that left the viewer. */
  const revealed = (): number =>
    Math.max(0, ...proxy.fromViewer.map((m) => (m.type === "tick" || m.type === "resume" ? m.n : 0)));
  /** Three seconds of media later, in which the viewer's player wanted several of them, it has paid nothing more. */
  const staysAt = async (watching: HeadlessViewer, ticks: number): Promise<void> => {
    const liveEdge = async (): Promise<Epoch> => {
      const { keyHashes } = parseProtection(await (await fetch(stream.playlistUrl)).text());
      // The hashes go two epochs beyond the live edge.
      return keyHashes === null ? -1 : keyHashes.first + keyHashes.hashes.length - 3;
    };
    const edge = await liveEdge();
    const wanting = new AbortController();
    const wishes = [-3, -2, -1, 0, 1].map((distance) =>
      watching.session.key(Math.max(0, edge + distance), wanting.signal).catch(() => undefined),
    );
    await expect.poll(liveEdge, { timeout: 30_000, interval: 200 }).toBeGreaterThanOrEqual(edge + 3);
    expect(revealed()).toBe(ticks);
    wanting.abort();
    await Promise.all(wishes);
  };
  const blocked = (watching: HeadlessViewer, reason: string): Promise<void> =>
    watching.until(
      () => watching.session.state.name === "blocked" && watching.session.state.reason === reason,
      reason,
    );

  it("that withholds every key gets one tick, and sells again when it gives them", async () => {
    proxy.cheat.node = (message) => (message.type === "keys" ? [] : [message]);
    const watching = await watch();
    await blocked(watching, "keys-withheld");
    expect(revealed()).toBe(EXPOSURE_WINDOW);
    await staysAt(watching, EXPOSURE_WINDOW);
    expect(watching.parts).toBe(0);
    delete proxy.cheat.node;
    await watching.until(() => watching.epochs.size >= 3 && watching.parts > 4, "the stream goes on");
    expect(watching.session.stats.lost).toBe(0);
  });

  it("that stops handing out keys in mid-stream gets one tick more than keys it gave", async () => {
    const given = new Set<Epoch>();
    let giving = true;
    proxy.cheat.node = (message) => {
      if (message.type !== "keys") return [message];
      if (!giving) return [];
      for (const { epoch } of message.keys) given.add(epoch);
      return [message];
    };
    const watching = await watch();
    await watching.until(() => watching.epochs.size >= 4, "four seconds");
    giving = false;
    await proxy.until(() => revealed() > given.size, "a tick without an answer");
    await blocked(watching, "keys-withheld");
    await staysAt(watching, given.size + EXPOSURE_WINDOW);
  });

  it("that hands out wrong keys gets one tick", async () => {
    proxy.cheat.node = (message) => [forge(message, () => randomBytes(16))];
    const watching = await watch();
    await blocked(watching, "wrong-key");
    await staysAt(watching, EXPOSURE_WINDOW);
    expect(watching.epochs.size).toBe(0);
    expect(watching.parts).toBe(0);
  });

  it("that hands out wrong keys whose hashes it has published gets one tick: its media does not parse", async () => {
    const forged = new Map<Epoch, Uint8Array<ArrayBuffer>>();
    const forgedKey = (epoch: Epoch): Uint8Array<ArrayBuffer> => {
      const key = forged.get(epoch) ?? Uint8Array.from(randomBytes(16));
      forged.set(epoch, key);
      return key;
    };
    proxy.cheat.node = (message) => [forge(message, forgedKey)];
    proxy.cheat.playlist = (text) => {
      const { keyHashes } = parseProtection(text);
      if (keyHashes === null) return text;
      const hashes = keyHashes.hashes.map((_, i) => keyHash(forgedKey(keyHashes.first + i)));
      return text.replace(/^#EXT-X-TICKSTREAM-KEYHASHES:.*$/m, formatKeyHashes({ ...keyHashes, hashes }));
    };
    const watching = await watch();
    await blocked(watching, "wrong-key");
    await staysAt(watching, EXPOSURE_WINDOW);
    expect(watching.parts).toBe(0);
  });

  it("that sells true keys to media that is garbage gets one tick", async () => {
    proxy.cheat.media = (bytes) => randomBytes(bytes.length);
    const watching = await watch();
    await blocked(watching, "wrong-key");
    await staysAt(watching, EXPOSURE_WINDOW);
    expect(watching.parts).toBe(0);
  });

  it("that sells the key of one epoch as another's gets one tick more", async () => {
    let known: Uint8Array<ArrayBuffer> | undefined;
    proxy.cheat.node = (message) => {
      if (message.type !== "keys") return [message];
      known ??= message.keys[0]?.key;
      return [forge(message, () => known as Uint8Array<ArrayBuffer>)];
    };
    const watching = await watch();
    await blocked(watching, "wrong-key");
    await staysAt(watching, 1 + EXPOSURE_WINDOW);
    expect(watching.epochs.size).toBe(1);
  });

  it("that names a wider exposure window, or a higher price, gets nothing by it", async () => {
    proxy.cheat.node = (message) => {
      if (message.type === "keys") return [];
      return [message.type === "terms" ? { ...message, exposureWindow: 64 } : message];
    };
    const watching = await watch();
    await blocked(watching, "keys-withheld");
    await staysAt(watching, EXPOSURE_WINDOW);
    await watching.stop();
    viewer = undefined;

    const before = proxy.fromViewer.length;
    proxy.cheat.node = (message) => [
      message.type === "terms" ? { ...message, rate: planck(2_000_000n) } : message,
    ];
    await expect(watch()).rejects.toMatchObject({ code: "terms-changed" });
    expect(proxy.fromViewer.slice(before).some(({ type }) => type === "open" || type === "tick")).toBe(false);
  });

  it("that claims ticks nobody paid, on a new connection, is not believed", async () => {
    const watching = await watch();
    await watching.until(() => watching.epochs.size >= 3, "three seconds");
    const before = revealed();
    proxy.cheat.node = (message) =>
      message.type === "opened"
        ? [{ ...message, n: message.n + 40, preimage: Uint8Array.from(randomBytes(32)) }]
        : [message];
    const resumes = (): number => proxy.fromViewer.filter(({ type }) => type === "resume").length;
    const first = resumes();
    proxy.cut();
    await proxy.until(() => resumes() > first, "a resume");
    await watching.until(() => watching.session.state.name === "blocked", "the lie is refused", 30_000);
    expect(revealed()).toBeLessThanOrEqual(before + EXPOSURE_WINDOW);
  });

  it("settles what was revealed, and not a planck more", async () => {
    const audit = await system.auditor.until(
      ({ channels }) => [...revealedIn].every(([channel, n]) => channels.get(channel)?.ticks === n),
      "the settlement of every tick",
    );
    expect(revealedIn.size).toBeGreaterThanOrEqual(6);
    expect(audit.problems).toEqual([]);
  });
});

/** The message with other keys, where it carries some. */
function forge(message: NodeMessage, key: (epoch: Epoch) => Uint8Array): NodeMessage {
  if (message.type !== "keys") return message;
  const keys = message.keys.map(({ epoch }) => ({ epoch, key: Uint8Array.from(key(epoch)) }));
  return { ...message, keys };
}
