// SPDX-License-Identifier: Apache-2.0
import { ed25519 } from "@noble/curves/ed25519.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planck } from "./amounts.ts";
import {
  channelIdOf,
  COMMITMENT_LENGTH,
  decodeCommitment,
  encodeCommitment,
  type Commitment,
} from "./commitment.ts";
import { TickstreamError } from "./errors.ts";
import { bytesToHex, hexToBytes } from "./hex.ts";
import { accountId, channelId, streamId } from "./ids.ts";
import { closeMessage, sessionProofMessage } from "./proofs.ts";
import { ScaleError } from "./scale.ts";
import { bytes, commitment as anyCommitment } from "./testing/arbitraries.ts";
import { readVectors, type Vectors } from "./testing/read-vectors.ts";

type Case = Vectors["commitments"]["cases"][number];

function commitmentOf({ commitment }: Case): Commitment {
  return {
    ...commitment,
    tab: BigInt(commitment.tab),
    stream: streamId(commitment.stream),
    rate: planck(commitment.rate),
    operator: accountId(commitment.operator),
    openFee: planck(commitment.openFee),
    anchor: hexToBytes(commitment.anchor),
  };
}

describe.each(readVectors("commitments").cases)(
  "the vector of tab $commitment.tab, $sessionKey.type",
  (vector) => {
    const genesisHash = hexToBytes(vector.genesisHash);
    const channel = channelId(vector.channelId);

    test("commitment, both ways, and the channel's id", () => {
      const commitment = commitmentOf(vector);
      const encoded = encodeCommitment(genesisHash, commitment);
      expect(bytesToHex(encoded)).toBe(vector.encoded);
      expect(decodeCommitment(hexToBytes(vector.encoded))).toEqual({ genesisHash, commitment });
      expect(channelIdOf(encoded)).toBe(channel);
    });

    test("messages of session proof and close", () => {
      const operator = accountId(vector.commitment.operator);
      const nonce = hexToBytes(vector.session.nonce);
      const session = sessionProofMessage({ genesisHash, operator, channel, nonce });
      expect(bytesToHex(session)).toBe(vector.session.message);
      expect(bytesToHex(closeMessage({ genesisHash, channel }))).toBe(vector.close.message);
    });
  },
);

// sr25519 signatures are checked by the Rust tests, which have the pallet's own verifier.
test.each(readVectors("commitments").cases.filter(({ sessionKey }) => sessionKey.type === "ed25519"))(
  "the ed25519 signatures of tab $commitment.tab",
  ({ sessionKey, encoded, signature, session, close }) => {
    const publicKey = hexToBytes(sessionKey.publicKey);
    const signed = [{ message: encoded, signature }, session, close];
    for (const { message, signature } of signed) {
      expect(ed25519.verify(hexToBytes(signature), hexToBytes(message), publicKey)).toBe(true);
    }
  },
);

describe("commitment codec", () => {
  test("every commitment comes back from its bytes, which are always as many", () => {
    fc.assert(
      fc.property(bytes(32), anyCommitment, (genesisHash, commitment) => {
        const encoded = encodeCommitment(genesisHash, commitment);
        expect(encoded.length).toBe(COMMITMENT_LENGTH);
        expect(decodeCommitment(encoded)).toEqual({ genesisHash, commitment });
      }),
    );
  });

  test("bytes that are no commitment are refused with a typed error", () => {
    const encoded = encodeCommitment(new Uint8Array(32), commitmentOf(readVectors("commitments").cases[0]!));
    expect(() => decodeCommitment(encoded.subarray(0, -1))).toThrow("end too early");
    expect(() => decodeCommitment(Uint8Array.of(...encoded, 0))).toThrow("behind the last field");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (garbage) => {
        expect(() => decodeCommitment(garbage)).toThrow(ScaleError);
      }),
    );
  });

  test("a field out of its range is refused", () => {
    const good = commitmentOf(readVectors("commitments").cases[0]!);
    const bad: Partial<Record<keyof Commitment, unknown>>[] = [
      { tab: -1n },
      { tab: 1n << 64n },
      { nonce: 1.5 },
      { nonce: 2 ** 32 },
      { rate: 1n << 128n },
      { anchor: new Uint8Array(31) },
      { operator: "0x00" },
      { maxTicks: Number.NaN },
    ];
    for (const field of bad) {
      const commitment = { ...good, ...field } as Commitment;
      expect(() => encodeCommitment(new Uint8Array(32), commitment)).toThrow(TickstreamError);
    }
    expect(() => encodeCommitment(new Uint8Array(31), good)).toThrow("genesisHash: expected 32, got 31");
  });
});
