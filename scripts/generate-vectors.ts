// SPDX-License-Identifier: Apache-2.0

// Writes tests/vectors/*.json, which the Rust and the TypeScript tests read. Nothing here uses the
// project's own code: hashes, key derivation, cipher and ed25519 are OpenSSL's (node:crypto), BLAKE2b and
// sr25519 are Rust's (@polkadot/wasm-crypto), and the layouts are written out from docs/protocol.md.
//
//     node scripts/generate-vectors.ts           writes the files
//     node scripts/generate-vectors.ts --check   fails where they are not what it would write

import { createCipheriv, createHash, createPrivateKey, createPublicKey, hkdfSync, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sr25519PairFromSeed, sr25519Sign, sr25519Verify } from "@polkadot/util-crypto";
import { blake2b, waitReady } from "@polkadot/wasm-crypto";

const FOLDER = fileURLToPath(new URL("../tests/vectors/", import.meta.url));
const check = process.argv.includes("--check");

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;
/** Bytes that look random and are always the same. */
const bytesOf = (name: string, length = 32) => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) =>
    sha256(Buffer.from(`${name}/${i}`)),
  );
  return Buffer.concat(blocks).subarray(0, length);
};

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const u128 = (value: bigint) => Buffer.concat([u64(value & 0xffff_ffff_ffff_ffffn), u64(value >> 64n)]);
/** SCALE's form of short text: four times its length, then the text. */
const shortText = (text: string) => Buffer.concat([Buffer.of(4 * text.length), Buffer.from(text, "ascii")]);

function hashChains() {
  const sizes = [1, 2, 3, 9, 10, 100, 1_000, 4_097, 86_400];
  const cases = sizes.map((maxTicks) => {
    const seed = bytesOf(`seed/${maxTicks}`);
    const chain = [seed];
    for (let i = 0; i < maxTicks; i++) chain.push(sha256(chain[i]!));
    const p = (n: number) => chain[maxTicks - n]!;
    const ticks = [0, 1, 2, 3, 64, 65, maxTicks >> 1, maxTicks - 1, maxTicks].filter((n) => n <= maxTicks);
    const preimages = [...new Set(ticks)].toSorted((a, b) => a - b).map((n) => ({ n, preimage: hex(p(n)) }));
    return { seed: hex(seed), maxTicks, anchor: hex(p(0)), preimages };
  });
  return { cases };
}

type Signer = {
  type: string;
  publicKey: Buffer;
  secretSeed: Buffer;
  sign(message: Buffer, previous?: string): string;
};

function ed25519(secretSeed: Buffer): Signer {
  // PKCS #8 (RFC 8410) around the 32 bytes.
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secretSeed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return { type: "ed25519", publicKey, secretSeed, sign: (message) => hex(sign(null, message, key)) };
}

function sr25519(secretSeed: Buffer): Signer {
  const pair = sr25519PairFromSeed(secretSeed);
  return {
    type: "sr25519",
    publicKey: Buffer.from(pair.publicKey),
    secretSeed,
    // These signatures are randomised: one that is there already and still good is kept.
    sign: (message, previous) =>
      previous !== undefined && sr25519Verify(message, Buffer.from(previous.slice(2), "hex"), pair.publicKey)
        ? previous
        : hex(sr25519Sign(message, pair)),
  };
}

type CommitmentsFile = {
  cases: {
    signature: string;
    session: { signature: string };
    close: { signature: string };
  }[];
};

function commitments(previous: CommitmentsFile | null) {
  const max64 = (1n << 64n) - 1n;
  const max128 = (1n << 128n) - 1n;
  const plain = { tab: 5n, nonce: 1, openBy: 120, stream: 1n, terms: 0, maxTicks: 3_600, expiresAt: 14_400 };
  const fields = [
    { ...plain, rate: 1_000_000_000n, openFee: 2_000_000_000n },
    { ...plain, tab: 0n, nonce: 0, openBy: 0, stream: 0n, maxTicks: 1, expiresAt: 0, rate: 1n, openFee: 0n },
    {
      tab: max64,
      nonce: 0xffff_ffff,
      openBy: 0xffff_ffff,
      stream: max64,
      terms: 0xffff_ffff,
      maxTicks: 0xffff_ffff,
      expiresAt: 0xffff_ffff,
      rate: max128,
      openFee: max128,
    },
    { ...plain, tab: 0x0102030405060708n, stream: 0x1112131415161718n, rate: (1n << 64n) + 1n, openFee: 7n },
  ];
  const signers = [ed25519(bytesOf("session key/ed25519")), sr25519(bytesOf("session key/sr25519"))];
  const cases = fields
    .flatMap((fieldsOfCase, i) => signers.map((signer) => ({ c: fieldsOfCase, i, signer })))
    .map(({ c, i, signer }, caseIndex) => {
      const before = previous?.cases[caseIndex];
      const genesisHash = bytesOf(`genesis/${i}`);
      const operator = bytesOf(`operator/${i}`);
      const anchor = bytesOf(`anchor/${i}`);
      const encoded = Buffer.concat([
        shortText("tickstream/commitment/1"),
        genesisHash,
        u64(c.tab),
        u32(c.nonce),
        u32(c.openBy),
        u64(c.stream),
        u32(c.terms),
        u128(c.rate),
        operator,
        u128(c.openFee),
        anchor,
        u32(c.maxTicks),
        u32(c.expiresAt),
      ]);
      const channelId = blake2b(encoded, new Uint8Array(0), 32);
      const nonce = bytesOf(`socket nonce/${i}`);
      const session = Buffer.concat([
        shortText("tickstream/session/1"),
        genesisHash,
        operator,
        channelId,
        nonce,
      ]);
      const close = Buffer.concat([shortText("tickstream/close/1"), genesisHash, channelId]);
      return {
        genesisHash: hex(genesisHash),
        commitment: {
          tab: c.tab.toString(),
          nonce: c.nonce,
          openBy: c.openBy,
          stream: c.stream.toString(),
          terms: c.terms,
          rate: c.rate.toString(),
          operator: hex(operator),
          openFee: c.openFee.toString(),
          anchor: hex(anchor),
          maxTicks: c.maxTicks,
          expiresAt: c.expiresAt,
        },
        encoded: hex(encoded),
        channelId: hex(channelId),
        sessionKey: {
          type: signer.type,
          publicKey: hex(signer.publicKey),
          secretSeed: hex(signer.secretSeed),
        },
        signature: signer.sign(encoded, before?.signature),
        session: {
          nonce: hex(nonce),
          message: hex(session),
          signature: signer.sign(session, before?.session.signature),
        },
        close: { message: hex(close), signature: signer.sign(close, before?.close.signature) },
      };
    });
  return { cases };
}

function splits() {
  const billion = 1_000_000_000n;
  const cumulative = (rate: bigint, share: bigint, payees: bigint[], n: bigint) => {
    const total = n * rate;
    const operator = (total * share) / billion;
    const amounts = payees.map(() => 0n);
    let rest = total - operator;
    for (let i = 1; i < payees.length; i++) {
      let unserved = payees[0]!;
      for (let j = i; j < payees.length; j++) unserved += payees[j]!;
      amounts[i] = (rest * payees[i]!) / unserved;
      rest -= amounts[i]!;
    }
    amounts[0] = rest;
    return [total, operator, ...amounts];
  };
  const rates = [1n, 3n, 7n, 277_777_777n, 10n ** 12n, 333_333_333_333n, ((1n << 128n) - 1n) / 86_400n];
  const operatorShares = [0, 1, 50_000_000, 123_456_789, 999_999_999, 1_000_000_000];
  const payeeLists = [
    [1_000_000_000],
    [500_000_000, 500_000_000],
    [999_999_999, 1],
    [1, 999_999_999],
    [333_333_333, 333_333_333, 333_333_334],
    [700_000_000, 200_000_000, 50_000_000, 49_999_999, 1],
    [123_456_789, 1, 100_000_000, 99_999_999, 250_000_000, 7, 426_543_203, 1],
    [125_000_000, 125_000_000, 125_000_000, 125_000_000, 125_000_000, 125_000_000, 125_000_000, 125_000_000],
  ];
  const ranges: [number, number][] = [
    [0, 0],
    [0, 1],
    [1, 2],
    [0, 43],
    [43, 1_000],
    [86_399, 86_400],
    [0, 86_400],
  ];
  const cases = [];
  // Every pair of a rate and a list of payees; shares and ranges turn along with them, at different paces.
  let turn = 0;
  for (const rate of rates) {
    for (const payees of payeeLists) {
      for (let k = 0; k < 3; k++, turn++) {
        const operatorShare = operatorShares[turn % operatorShares.length]!;
        const [from, to] = ranges[(turn + Math.floor(turn / 7)) % ranges.length]!;
        const shares = payees.map(BigInt);
        const before = cumulative(rate, BigInt(operatorShare), shares, BigInt(from));
        const after = cumulative(rate, BigInt(operatorShare), shares, BigInt(to));
        const [total, operator, ...payeeAmounts] = after.map((x, i) => (x - before[i]!).toString());
        cases.push({ rate: rate.toString(), operatorShare, payees, from, to, total, operator, payeeAmounts });
      }
    }
  }
  return { cases };
}

function mediaKeys() {
  const streamSecret = bytesOf("stream secret");
  const genesisHash = bytesOf("genesis/0");
  const pairs: [bigint, bigint][] = [
    [0n, 0n],
    [1n, 0n],
    [1n, 1n],
    [1n, 86_399n],
    [0x0102030405060708n, 4_294_967_296n],
    [(1n << 64n) - 1n, BigInt(Number.MAX_SAFE_INTEGER)],
  ];
  const cases = pairs.map(([stream, epoch]) => {
    const info = Buffer.concat([Buffer.from("tickstream/key/1"), u64(stream), u64(epoch)]);
    const key = Buffer.from(hkdfSync("sha256", streamSecret, genesisHash, info, 16));
    return {
      streamSecret: hex(streamSecret),
      genesisHash: hex(genesisHash),
      stream: stream.toString(),
      epoch: epoch.toString(),
      key: hex(key),
      keyHash: hex(sha256(Buffer.concat([Buffer.from("tickstream/keyhash/1"), key]))),
    };
  });
  const places = [
    { rendition: 0, run: 0, block: 0n, length: 1 },
    { rendition: 0, run: 1, block: 0n, length: 16 },
    { rendition: 1, run: 2, block: 3n, length: 17 },
    { rendition: 7, run: 258, block: 65_536n, length: 100 },
    { rendition: 0xffff_ffff, run: 0xffff_ffff, block: 4_294_967_295n, length: 47 },
    { rendition: 1, run: 1, block: BigInt(Number.MAX_SAFE_INTEGER), length: 1_000 },
  ];
  const ciphers = places.map(({ rendition, run, block, length }, i) => {
    const key = bytesOf(`media key/${i}`, 16);
    const counter = Buffer.alloc(16);
    counter.writeUInt32BE(rendition, 0);
    counter.writeUInt32BE(run, 4);
    counter.writeBigUInt64BE(block, 8);
    const plaintext = bytesOf(`part/${i}`, length);
    const ciphertext = createCipheriv("aes-128-ctr", key, counter).update(plaintext);
    return {
      key: hex(key),
      rendition,
      run,
      block: block.toString(),
      plaintext: hex(plaintext),
      ciphertext: hex(ciphertext),
    };
  });
  return { cases, ciphers };
}

type ReceiptsFile = { cases: { receipt: { proof: { signature: string } } }[] };

function receipts(previous: ReceiptsFile | null) {
  const maxTicks = 100;
  const signers = [ed25519(bytesOf("session key/ed25519")), sr25519(bytesOf("session key/sr25519"))];
  const made = [
    { signer: signers[0]!, ticks: 43 },
    { signer: signers[0]!, ticks: 0 },
    { signer: signers[0]!, ticks: maxTicks },
    { signer: signers[1]!, ticks: 43 },
  ].map(({ signer, ticks }, i) => {
    const chain = [bytesOf(`receipt/${i}`)];
    for (let n = 0; n < maxTicks; n++) chain.push(sha256(chain[n]!));
    const p = (n: number) => hex(chain[maxTicks - n]!);
    const [genesisHash, operator, rate] = [bytesOf("genesis/0"), bytesOf("operator/0"), 1_000_000_000n];
    const first = { tab: "5", nonce: i + 1, openBy: 120, stream: "1", terms: 1, rate: rate.toString() };
    const last = { openFee: "7", anchor: p(0), maxTicks, expiresAt: 7_320 };
    const encoded = Buffer.concat([
      shortText("tickstream/commitment/1"),
      Buffer.concat([genesisHash, u64(5n), u32(i + 1), u32(120), u64(1n), u32(1), u128(rate)]),
      Buffer.concat([operator, u128(7n), chain[maxTicks]!, u32(maxTicks), u32(7_320)]),
    ]);
    const opened = { block: 100, hash: hex(bytesOf("block/100")), extrinsic: 2 };
    const settled = { block: 140, hash: hex(bytesOf("block/140")), extrinsic: 3, ticks };
    return {
      schema: "tickstream/receipt/1",
      proof: {
        genesisHash: hex(genesisHash),
        channel: hex(blake2b(encoded, new Uint8Array(0), 32)),
        sessionKey: { type: signer.type, publicKey: hex(signer.publicKey) },
        commitment: { ...first, operator: hex(operator), ...last },
        signature: signer.sign(encoded, previous?.cases[i]?.receipt.proof.signature),
        ticks,
        preimage: p(ticks),
        amount: (BigInt(ticks) * rate).toString(),
      },
      chain: i === 0 ? { opened, settled } : { opened: null, settled: null },
      about: {
        title: "Tickstream, live",
        creator: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        node: "https://node.example",
        tickMs: 1_000,
        startedAt: "2026-11-21T12:00:00.000Z",
      },
    };
  });
  const first = made[0]!.proof;
  /** The first receipt, with something changed in its proof, and what is to be found wrong. */
  const wrong = (name: string, change: object, faults: string[]) => ({
    name,
    receipt: { ...made[0]!, proof: { ...first, ...change } },
    faults,
  });
  const priced = (rate: string) => ({
    commitment: { ...first.commitment, rate },
    amount: `${43n * BigInt(rate)}`,
  });
  const forged = made[3]!.proof.signature;
  return {
    cases: [
      ...made.map((receipt) => {
        const { ticks, sessionKey } = receipt.proof;
        return { name: `${ticks} of ${maxTicks} ticks, ${sessionKey.type}`, receipt, faults: [] };
      }),
      wrong("another chain", { genesisHash: hex(bytesOf("genesis/1")) }, [
        "channel-mismatch",
        "signature-invalid",
      ]),
      wrong("another rate", priced("1000000001"), ["channel-mismatch", "signature-invalid"]),
      wrong("another's signature", { signature: forged }, ["signature-invalid"]),
      wrong("one tick more", { ticks: 44, amount: "44000000000" }, ["preimage-mismatch"]),
      wrong("more ticks than promised", { ticks: 101, amount: "101000000000" }, ["ticks-out-of-range"]),
      wrong("another amount", { amount: "43000000001" }, ["amount-mismatch"]),
    ],
  };
}

function read(name: string): string | null {
  return existsSync(FOLDER + name) ? readFileSync(FOLDER + name, "utf8") : null;
}

await waitReady();
mkdirSync(FOLDER, { recursive: true });
const commitmentsBefore = read("commitments.json");
const receiptsBefore = read("receipts.json");
const files = {
  "hash-chains.json": hashChains(),
  "commitments.json": commitments(
    commitmentsBefore === null ? null : (JSON.parse(commitmentsBefore) as CommitmentsFile),
  ),
  "splits.json": splits(),
  "media-keys.json": mediaKeys(),
  "receipts.json": receipts(receiptsBefore === null ? null : (JSON.parse(receiptsBefore) as ReceiptsFile)),
};
for (const [name, content] of Object.entries(files)) {
  const text = `${JSON.stringify(content, null, 1)}\n`;
  const stale = read(name) !== text;
  if (stale && check) {
    console.error(`tests/vectors/${name} is not what scripts/generate-vectors.ts writes.`);
    process.exitCode = 1;
  } else if (stale) {
    writeFileSync(FOLDER + name, text);
    console.log(`wrote tests/vectors/${name}`);
  }
}
