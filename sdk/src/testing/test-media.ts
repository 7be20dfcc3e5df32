// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  counterBlock,
  deriveEpochKey,
  formatKeyHashes,
  formatProtectionHeader,
  keyHash,
  partUri,
  segmentUri,
  type CipherRange,
  type Epoch,
  type StreamId,
} from "@tickstream/contracts-types";

const PARTS_PER_EPOCH = 4;
const WINDOW_EPOCHS = 12;
const INIT = "i00c0ffee00c0ffee.mp4";

/** Media of a stream as the protocol has it, that goes on when a test says so. */
export class TestMedia {
  readonly #genesisHash: Uint8Array;
  readonly #stream: StreamId;
  readonly #tickMs: number;
  readonly #secret = Uint8Array.from(randomBytes(32));
  readonly #gaps = new Set<Epoch>();
  readonly #waiting = new Set<() => void>();
  #first = 0;
  #edge = 3;
  #edgeParts = PARTS_PER_EPOCH;

  constructor(options: { genesisHash: Uint8Array; stream: StreamId; tickMs: number }) {
    this.#genesisHash = options.genesisHash;
    this.#stream = options.stream;
    this.#tickMs = options.tickMs;
  }

  get edge(): Epoch {
    return this.#edge;
  }

  isOnSale(epoch: Epoch): boolean {
    return epoch >= this.#first && epoch <= this.#edge + 1;
  }

  keyOf(epoch: Epoch): Uint8Array {
    return deriveEpochKey(this.#secret, this.#genesisHash, this.#stream, epoch);
  }

  /** Media goes on: to `epoch`, of which `parts` are there. */
  setEdge(epoch: Epoch, parts = PARTS_PER_EPOCH): void {
    this.#edge = epoch;
    this.#edgeParts = parts;
    this.#first = Math.max(this.#first, epoch - WINDOW_EPOCHS + 1);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Media of these epochs never comes. */
  lose(...epochs: Epoch[]): void {
    for (const epoch of epochs) this.#gaps.add(epoch);
  }

  /** A part that any fMP4 reader takes for a fragment: an empty moof, and an mdat that says where it is from. */
  plainPart(epoch: Epoch, index: number): Buffer {
    const text = Buffer.from(`epoch ${epoch} part ${index}`.padEnd(200, "."));
    const box = (type: string, body: Buffer) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(8 + body.length);
      return Buffer.concat([size, Buffer.from(type), body]);
    };
    return Buffer.concat([box("moof", Buffer.alloc(0)), box("mdat", text)]);
  }

  playlist(): string {
    // Key hashes run ahead of the edge.
    const known = this.#edge - this.#first + 4;
    const hashes = Array.from({ length: known }, (_, i) => keyHash(this.keyOf(this.#first + i)));
    const lines = [
      "#EXTM3U",
      "#EXT-X-VERSION:9",
      "#EXT-X-TARGETDURATION:1",
      "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.9",
      "#EXT-X-PART-INF:PART-TARGET=0.25",
      `#EXT-X-MEDIA-SEQUENCE:${this.#first}`,
      formatProtectionHeader({
        stream: this.#stream,
        tickMs: this.#tickMs,
        rendition: 1,
        genesisHash: this.#genesisHash,
      }),
      formatKeyHashes({ first: this.#first, hashes }),
      `#EXT-X-MAP:URI="${INIT}"`,
    ];
    for (let epoch = this.#first; epoch <= this.#edge; epoch++) lines.push(...this.#segmentLines(epoch));
    return `${lines.join("\n")}\n`;
  }

  #segmentLines(epoch: Epoch): string[] {
    if (this.#gaps.has(epoch)) return ["#EXT-X-GAP", "#EXTINF:1.0,", segmentUri(epoch)];
    const date = new Date(1_700_000_000_000 + epoch * this.#tickMs).toISOString();
    const count = epoch === this.#edge ? this.#edgeParts : PARTS_PER_EPOCH;
    const places = Array.from({ length: count }, (_, index) => place(epoch, index));
    const parts = places.map((at, index) => {
      const independent = index === 0 ? ",INDEPENDENT=YES" : "";
      return `#EXT-X-PART:DURATION=0.25,URI="${partUri(epoch, index, at)}"${independent}`;
    });
    const cipher = places.map((at, index) => ({ ...at, bytes: this.plainPart(epoch, index).length }));
    const whole = count === PARTS_PER_EPOCH ? ["#EXTINF:1.0,", segmentUri(epoch, cipher)] : [];
    return [`#EXT-X-PROGRAM-DATE-TIME:${date}`, ...parts, ...whole];
  }

  /** Answers for the playlist, once it is as far as it is asked for, and for what it names. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://node");
    const name = url.pathname.split("/").at(-1)!;
    if (name === "index.m3u8") {
      while (!this.#isAsFarAs(url.searchParams) && !response.destroyed) {
        await new Promise<void>((resolve) => {
          this.#waiting.add(resolve);
          response.once("close", resolve);
        });
      }
      response.end(this.playlist());
      return;
    }
    const body = name === INIT ? "init" : this.#part(name);
    if (body === undefined) response.statusCode = 404;
    response.end(body);
  }

  #isAsFarAs(query: URLSearchParams): boolean {
    const msn = Number(query.get("_HLS_msn") ?? -1);
    const part = Number(query.get("_HLS_part") ?? 0);
    return this.#edge > msn || (this.#edge === msn && this.#edgeParts > part);
  }

  /** Ciphertext of the part of this name. */
  #part(name: string): Buffer | undefined {
    const [, epoch = Number.NaN, index = Number.NaN] = (/^p(\d+)\.(\d+)\.m4s$/.exec(name) ?? []).map(Number);
    const isThere =
      epoch >= this.#first && (epoch < this.#edge || (epoch === this.#edge && index < this.#edgeParts));
    if (!isThere) return undefined;
    const cipher = createCipheriv(
      "aes-128-ctr",
      this.keyOf(epoch),
      counterBlock({ rendition: 1, ...place(epoch, index) }),
    );
    return cipher.update(this.plainPart(epoch, index));
  }
}

function place(epoch: Epoch, index: number): CipherRange {
  return { epoch, run: 1, block: (epoch * PARTS_PER_EPOCH + index) * 32 };
}
