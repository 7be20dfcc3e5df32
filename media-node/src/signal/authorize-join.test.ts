// SPDX-License-Identifier: Apache-2.0
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { cryptoWaitReady } from "@polkadot/util-crypto";
import { accountId, bytesToHex, joinProofText, toSs58 } from "@tickstream/contracts-types";
import type { JoinRequest } from "@tickstream/signaling";
import { beforeAll, describe, expect, test } from "vitest";
import { createLogin } from "../api/login.ts";
import { signedByWallet } from "../api/wallet-signature.ts";
import { authorizeJoin } from "./authorize-join.ts";

const NONCE = new Uint8Array(32).fill(7);
const login = createLogin({ secret: new Uint8Array(32), registration: async () => null });
let alice: KeyringPair;
let bob: KeyringPair;

beforeAll(async () => {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: "sr25519" });
  alice = keyring.addFromUri("//Alice");
  bob = keyring.addFromUri("//Bob");
});

const addressOf = (pair: KeyringPair): string => toSs58(accountId(pair.publicKey));

/** Alice's streams: `1` is paid, its key is `ts_one`; `ffree` is free. */
const decide = authorizeJoin({
  find: (stream) =>
    stream === "1" || stream === "ffree"
      ? { creator: accountId(alice.publicKey), free: stream === "ffree" }
      : undefined,
  async streamOfKey(key) {
    if (key === "burning") throw Object.assign(new Error("gone"), { code: "ECONNREFUSED" });
    return key === "ts_one" ? "1" : null;
  },
  accountOfToken: (token) => login.verify(token),
  signed: signedByWallet,
});

const join = (request: Partial<JoinRequest>) =>
  decide({
    stream: "1",
    role: "publisher",
    credential: undefined,
    nonce: NONCE,
    host: "node.example",
    ...request,
  });

const tokenOf = async (pair: KeyringPair): Promise<string> => {
  const address = addressOf(pair);
  const { challenge } = login.challenge(address, "node.example");
  const signature = bytesToHex(pair.sign(challenge));
  return (await login.login({ address, challenge, signature })).token;
};
const proofOf = (
  pair: KeyringPair,
  proof: Partial<Parameters<typeof joinProofText>[0]> = {},
  wrap = false,
) => {
  const text = joinProofText({
    host: "node.example",
    stream: "1",
    role: "publisher",
    nonce: NONCE,
    ...proof,
  });
  const signature = bytesToHex(pair.sign(wrap ? `<Bytes>${text}</Bytes>` : text));
  return { kind: "wallet", address: addressOf(pair), signature } as const;
};

describe("publishing", () => {
  test("takes the stream's key, and no other", async () => {
    expect(await join({ credential: { kind: "stream-key", key: "ts_one" } })).toEqual({ ok: true });
    expect(await join({ credential: { kind: "stream-key", key: "ts_two" } })).toMatchObject({
      code: "credential-invalid",
    });
    const elsewhere = await join({ stream: "ffree", credential: { kind: "stream-key", key: "ts_one" } });
    expect(elsewhere).toMatchObject({ code: "credential-invalid" });
  });

  test("takes the creator's login, and nobody else's", async () => {
    expect(await join({ credential: { kind: "login", token: await tokenOf(alice) } })).toEqual({ ok: true });
    expect(await join({ credential: { kind: "login", token: await tokenOf(bob) } })).toMatchObject({
      code: "credential-invalid",
    });
    expect(await join({ credential: { kind: "login", token: "made.up.token" } })).toMatchObject({
      code: "credential-invalid",
    });
  });

  test("takes the creator's wallet over this socket's proof, plain or wrapped", async () => {
    expect(await join({ credential: proofOf(alice) })).toEqual({ ok: true });
    expect(await join({ credential: proofOf(alice, {}, true) })).toEqual({ ok: true });
    expect(await join({ credential: proofOf(bob) })).toMatchObject({ code: "credential-invalid" });
  });

  test.each([
    ["another server", { host: "evil.example" }],
    ["another stream", { stream: "2" }],
    ["another role", { role: "viewer" as const }],
    ["another socket", { nonce: new Uint8Array(32) }],
  ])("a proof for %s is no good", async (_what, proof) => {
    expect(await join({ credential: proofOf(alice, proof) })).toMatchObject({ code: "credential-invalid" });
  });

  test("an address that is none is refused, not thrown at", async () => {
    const credential = { ...proofOf(alice), address: "nobody" };
    expect(await join({ credential })).toMatchObject({ code: "credential-invalid" });
  });

  test("needs a credential at all, even where watching is free", async () => {
    expect(await join({ stream: "ffree" })).toMatchObject({ code: "credential-missing" });
  });
});

describe("watching", () => {
  test("is anybody's where the stream is free, and takes any account where it is paid", async () => {
    expect(await join({ stream: "ffree", role: "viewer" })).toEqual({ ok: true });
    expect(await join({ role: "viewer" })).toMatchObject({ code: "credential-missing" });
    const credential = { kind: "login", token: await tokenOf(bob) } as const;
    expect(await join({ role: "viewer", credential })).toEqual({ ok: true });
  });
});

test("a stream that the node does not carry has no room", async () => {
  const credential = { kind: "stream-key", key: "ts_one" } as const;
  expect(await join({ stream: "2", credential })).toMatchObject({ code: "stream-unknown" });
});

test("while the database is away nobody is called a liar", async () => {
  const credential = { kind: "stream-key", key: "burning" } as const;
  expect(await join({ credential })).toMatchObject({ code: "unavailable" });
});
