// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { iceServers } from "./ice-servers.ts";

const stunUrls = ["stun:stun.example:3478"];
const turnUrls = ["turn:turn.example:3478?transport=udp", "turns:turn.example:5349"];

test("STUN as it is, TURN with credentials that end when the answer says, each answer its own", () => {
  const first = iceServers({ stunUrls, turnUrls, turnSecret: "secret", turnTtl: 60 });
  expect(first.iceServers).toEqual([
    { urls: stunUrls },
    { urls: turnUrls, username: expect.stringMatching(/^\d+:[0-9a-f]{16}$/), credential: expect.any(String) },
  ]);
  expect(Number(first.iceServers[1]?.username?.split(":")[0]) * 1_000).toBe(Date.parse(first.expiresAt));
  const second = iceServers({ stunUrls, turnUrls, turnSecret: "secret", turnTtl: 60 });
  expect(second.iceServers[1]?.username).not.toBe(first.iceServers[1]?.username);
});

test("without a secret no TURN server is named, without servers none at all", () => {
  expect(iceServers({ stunUrls, turnUrls, turnTtl: 60 }).iceServers).toEqual([{ urls: stunUrls }]);
  expect(iceServers({ stunUrls: [], turnUrls: [], turnSecret: "secret", turnTtl: 60 }).iceServers).toEqual(
    [],
  );
});
