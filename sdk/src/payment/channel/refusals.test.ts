// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from "vitest";
import { goLive, play, setUp, state } from "../../testing/paying-session.ts";

const PAST_PATIENCE_MS = 60_000;

test.each([
  ["watch", "chain-unreachable", "chain-unreachable"],
  ["resume", "recovering", "recovering"],
  ["resume", "rate-limited", "recovering"],
  ["resume", "stream-off-air", "off-air"],
] as const)(
  "%s refused for long with %s keeps the channel, and goes on by itself",
  async (request, code, reason) => {
    let now = 0;
    const { node, session, media } = await setUp({}, { now: () => now });
    await play(session, node, 2);
    await vi.waitFor(() => expect(node.paid()).toBe(2));

    node.misbehave({ refuse: (message) => (message.type === request ? code : null) });
    const asked = () => node.received.filter(({ type }) => type === request).length;
    const before = asked();
    node.dropConnections();
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(before), { timeout: 5_000 });
    now += PAST_PATIENCE_MS;
    await vi.waitFor(() => expect(state(session)).toBe(`blocked: ${reason}`), { timeout: 5_000 });

    node.misbehave({});
    await vi.waitFor(() => expect(state(session)).toBe("active"), { timeout: 10_000 });
    goLive(node, media, 4);
    await play(session, node, 3);
    await play(session, node, 4);
    expect(node.channels.size).toBe(1);
    expect(node.paid()).toBe(node.keysGiven());
  },
  30_000,
);

test("a tab that has too little for long is the viewer's to know of", async () => {
  let now = 0;
  const { node, session } = await setUp({}, { now: () => now });
  node.misbehave({ refuse: (message) => (message.type === "open" ? "tab-insufficient" : null) });
  const key = session.key(2, AbortSignal.timeout(20_000));
  key.catch(() => undefined);
  await vi.waitFor(() => expect(node.received.some(({ type }) => type === "open")).toBe(true));
  now += PAST_PATIENCE_MS;
  await vi.waitFor(() => expect(state(session)).toBe("blocked: tab-empty"), { timeout: 5_000 });

  node.misbehave({});
  session.retry();
  await key;
  expect(state(session)).toBe("active");
}, 30_000);
