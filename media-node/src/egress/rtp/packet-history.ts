// SPDX-License-Identifier: Apache-2.0

/** A frame as RTP packets, the same for every viewer but for their headers. */
export interface PacketizedFrame {
  /** Counts the track's frames. */
  readonly position: number;
  readonly keyframe: boolean;
  readonly epoch: number;
  /** RTP timestamp, not wrapped to 32 bits. */
  readonly timestamp: number;
  /** The first packet's number, as the track's packets are counted. */
  readonly first: number;
  readonly packets: readonly Buffer[];
}

/** Frames since the last keyframe beyond which a viewer would rather wait for the next one. */
const MAX_GROUP = 600;

/** A track's latest packets: for viewers that missed some, and for those who join between two keyframes. */
export class PacketHistory {
  readonly #capacity: number;
  /** The frame of each packet, by the packet's number modulo the capacity. */
  readonly #frames: (PacketizedFrame | undefined)[];
  /** The last keyframe and all since; empty where there are too many. */
  #group: PacketizedFrame[] = [];
  #nextPacket = 0;
  #nextFrame = 0;

  /** @param capacity packets that are kept */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#frames = Array.from({ length: capacity });
  }

  push(frame: Omit<PacketizedFrame, "position" | "first">): PacketizedFrame {
    const added: PacketizedFrame = { ...frame, position: this.#nextFrame++, first: this.#nextPacket };
    this.#nextPacket += frame.packets.length;
    for (let i = Math.max(0, frame.packets.length - this.#capacity); i < frame.packets.length; i++) {
      this.#frames[(added.first + i) % this.#capacity] = added;
    }
    if (frame.keyframe) this.#group = [added];
    else if (this.#group.length > 0) this.#group.push(added);
    const oldest = this.#group[0];
    if (oldest && (this.#group.length > MAX_GROUP || this.#nextPacket - oldest.first > this.#capacity)) {
      this.#group = [];
    }
    return added;
  }

  /** The last keyframe and what came since, if it is all there and no more than a viewer can catch up on. */
  group(): readonly PacketizedFrame[] {
    return this.#group;
  }

  /** What comes next has nothing to do with what was before: viewers may not begin with that. */
  startAnew(): void {
    this.#group = [];
  }

  /** The packet of this number and its frame, while it is kept. */
  find(number: number): { frame: PacketizedFrame; packet: Buffer } | undefined {
    if (number < 0) return undefined;
    const frame = this.#frames[number % this.#capacity];
    const packet = frame?.packets[number - frame.first];
    return frame && packet && number >= frame.first ? { frame, packet } : undefined;
  }
}
