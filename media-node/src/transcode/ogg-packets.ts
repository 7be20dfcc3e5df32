// SPDX-License-Identifier: Apache-2.0

const HEADER_LENGTH = 27;
const CAPTURE_PATTERN = "OggS";
const FULL_SEGMENT = 255;
/** A page has at most 255 segments of 255 bytes. */
const LONGEST_PAGE = HEADER_LENGTH + 255 + 255 * 255;
const LONGEST_PACKET = 64 << 10;

/** Takes an Ogg stream of one track (RFC 3533) apart into its packets, as it comes. */
export class OggPackets {
  readonly #onPacket: (packet: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  /** The beginning of a packet that goes on in the next page. */
  #begun: Buffer[] = [];
  #begunBytes = 0;

  constructor(onPacket: (packet: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  /** @throws RangeError where it is no Ogg stream */
  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const page = this.#takePage();
      if (page === undefined) return;
      this.#readPage(page);
    }
  }

  #takePage(): Buffer | undefined {
    const rest = this.#rest;
    if (rest.length < HEADER_LENGTH) return undefined;
    if (rest.toString("latin1", 0, 4) !== CAPTURE_PATTERN) throw new RangeError("no Ogg page");
    const segments = rest.readUInt8(HEADER_LENGTH - 1);
    if (rest.length < HEADER_LENGTH + segments) return undefined;
    let length = HEADER_LENGTH + segments;
    for (let i = 0; i < segments; i++) length += rest.readUInt8(HEADER_LENGTH + i);
    if (length > LONGEST_PAGE) throw new RangeError("an Ogg page that is too long");
    if (rest.length < length) return undefined;
    this.#rest = rest.subarray(length);
    return rest.subarray(0, length);
  }

  #readPage(page: Buffer): void {
    const segments = page.readUInt8(HEADER_LENGTH - 1);
    let at = HEADER_LENGTH + segments;
    for (let i = 0; i < segments; i++) {
      const length = page.readUInt8(HEADER_LENGTH + i);
      this.#begun.push(page.subarray(at, at + length));
      this.#begunBytes += length;
      at += length;
      if (this.#begunBytes > LONGEST_PACKET) throw new RangeError("an Ogg packet that is too long");
      if (length === FULL_SEGMENT) continue;
      const packet = Buffer.concat(this.#begun);
      this.#begun = [];
      this.#begunBytes = 0;
      this.#onPacket(packet);
    }
  }
}
