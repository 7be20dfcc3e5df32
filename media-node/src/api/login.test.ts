// SPDX-License-Identifier: Apache-2.0
import { accountId, loginMark, toSs58, type AccountId } from "@tickstream/contracts-types";
import { describe, expect, test, vi } from "vitest";
import { createLogin } from "./login.ts";

const ALICE = accountId(new Uint8Array(32).fill(1));
const BOB = accountId(new Uint8Array(32).fill(2));
const MINUTE = 60_000;

function fixture(options: { reachable?: boolean } = {}) {
  const { reachable = true } = options;
  let now = 0;
  let reads = 0;
  const streams = new Map<bigint, { creator: AccountId; metadata: string }>();
  const login = createLogin({
    secret: new Uint8Array(32),
    now: () => now,
    registration: async (stream) => {
      if (!reachable) throw new Error("no chain");
      reads++;
      return streams.get(stream) ?? null;
    },
  });
  return {
    login,
    streams,
    read: () => reads,
    pass: (ms: number) => (now += ms),
    challenge: (account: AccountId) => login.challenge(toSs58(account), "node.example").challenge,
    byStream: (account: AccountId, challenge: string, chainStream = "7") =>
      login.login({ address: toSs58(account), challenge, chainStream }),
  };
}

describe("a login that was signed with a stream's registration", () => {
  test("speaks for who registered it, once", async () => {
    const { login, streams, challenge, byStream } = fixture();
    const asked = challenge(ALICE);
    streams.set(7n, { creator: ALICE, metadata: `About jazz\n${loginMark(asked)}` });
    const { token } = await byStream(ALICE, asked);
    expect(login.verify(token)).toBe(ALICE);
    await expect(byStream(ALICE, asked)).rejects.toMatchObject({ code: "challenge-invalid" });
  });

  test("does not for who copied the mark into a stream of their own", async () => {
    const { streams, challenge, byStream } = fixture();
    const asked = challenge(ALICE);
    streams.set(7n, { creator: BOB, metadata: loginMark(asked) });
    await expect(byStream(ALICE, asked)).rejects.toMatchObject({ code: "registration-invalid" });
    await expect(byStream(BOB, challenge(ALICE))).rejects.toMatchObject({ code: "challenge-invalid" });
  });

  test("is waited for where the creator heard of the final block before the node did", async () => {
    const { login, streams, challenge, byStream, read } = fixture();
    const asked = challenge(ALICE);
    const answer = byStream(ALICE, asked);
    await vi.waitFor(() => expect(read()).toBeGreaterThan(0));
    streams.set(7n, { creator: ALICE, metadata: loginMark(asked) });
    expect(login.verify((await answer).token)).toBe(ALICE);
    expect(read()).toBeGreaterThan(1);
  });

  test("needs that very challenge's mark, in a stream that is there", { timeout: 20_000 }, async () => {
    const { streams, challenge, byStream } = fixture();
    streams.set(7n, { creator: ALICE, metadata: loginMark(challenge(ALICE)) });
    await expect(byStream(ALICE, challenge(ALICE))).rejects.toMatchObject({ code: "registration-invalid" });
    await expect(byStream(ALICE, challenge(ALICE), "8")).rejects.toMatchObject({
      code: "registration-invalid",
    });
  });

  test("does not outlive the challenge, and waits for a chain that is away", async () => {
    const { pass, challenge, byStream } = fixture();
    const asked = challenge(ALICE);
    pass(5 * MINUTE);
    await expect(byStream(ALICE, asked)).rejects.toMatchObject({ code: "challenge-invalid" });
    const away = fixture({ reachable: false });
    await expect(away.byStream(ALICE, away.challenge(ALICE))).rejects.toMatchObject({
      code: "chain-unreachable",
      status: 503,
    });
  });
});
