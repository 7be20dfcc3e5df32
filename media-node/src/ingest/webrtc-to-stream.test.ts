// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Frame, Track } from "../media/frame.ts";
import { parseRtcp, writeSenderReport, type RtcpMessage } from "../webrtc/rtcp.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../webrtc/rtp.ts";
import type { WebRtcError } from "../webrtc/errors.ts";
import { h264Reader } from "./rtp/h264-picture.ts";
import { WebRtcToStream, type AgreedMedia } from "./webrtc-to-stream.ts";

const PICTURE = { payloadType: 96, ssrc: 1, rate: 90_000 };
const SOUND = { payloadType: 111, ssrc: 2, rate: 48_000 };
const TRACK: Track = {
  kind: "video",
  codec: "vp09",
  config: Uint8Array.of(1),
  width: 2,
  height: 2,
  timescale: 90_000,
};

/** Pictures are one packet: 1 for a keyframe, then when they were taken. */
const MEDIA = {
  picture: {
    payloadType: PICTURE.payloadType,
    retransmits: true,
    read: ([payload = Buffer.alloc(0)]: readonly Buffer[]) => {
      const keyframe = payload[0] === 1;
      return { keyframe, data: payload, ...(keyframe ? { track: TRACK } : {}) };
    },
  },
  sound: { payloadType: SOUND.payloadType, retransmits: false, levelExtension: undefined },
} satisfies AgreedMedia;

function receiver(media: AgreedMedia = MEDIA) {
  const frames: Frame[] = [];
  const tracks: Track[] = [];
  const sent: RtcpMessage[] = [];
  const refused: WebRtcError[] = [];
  const toStream = new WebRtcToStream({
    media,
    sink: {
      track: (track) => tracks.push(track),
      frame: (frame) => frames.push(frame),
      close: () => undefined,
    },
    send: (packet) => sent.push(...parseRtcp(packet)),
    onRefused: (reason) => refused.push(reason),
  });
  return {
    toStream,
    frames,
    tracks,
    sent,
    refused,
    of: (kind: string) => frames.filter((f) => f.kind === kind),
  };
}

/** One of a publisher's two encoders, with a clock of its own. */
class Encoder {
  readonly #source: typeof PICTURE;
  /** Ticks of this clock in a second of true time. */
  readonly #rate: number;
  readonly #offset: number;
  #sequence = 65_000;

  /** @param ppm by how much its clock is fast */
  constructor(source: typeof PICTURE, ppm = 0, offset = 4_294_900_000) {
    this.#source = source;
    this.#rate = source.rate * (1 + ppm / 1_000_000);
    this.#offset = offset;
  }

  timestamp(trueMs: number): number {
    return Math.round(this.#offset + (trueMs * this.#rate) / 1_000) % 2 ** 32;
  }

  packet(payload: Buffer, timestamp: number): Buffer {
    const packet = Buffer.alloc(RTP_HEADER_LENGTH + payload.length);
    const { payloadType, ssrc } = this.#source;
    writeRtpHeader(packet, { payloadType, marker: true, sequence: this.#sequence++, timestamp, ssrc });
    payload.copy(packet, RTP_HEADER_LENGTH);
    return packet;
  }

  report(trueMs: number, ntpErrorMs: number): Buffer {
    const rtpTimestamp = this.timestamp(trueMs);
    const ntpMs = 4_000_000_000_000 + trueMs + ntpErrorMs;
    return writeSenderReport({ ssrc: this.#source.ssrc, ntpMs, rtpTimestamp, packets: 0, bytes: 0 });
  }
}

/** Opus of 20 ms with the time it was recorded at; pictures likewise. */
const opus = (trueMs: number): Buffer => Buffer.concat([Buffer.of(0xfc), stamp(trueMs)]);
const picture = (keyframe: boolean, trueMs = 0): Buffer =>
  Buffer.concat([Buffer.of(keyframe ? 1 : 0), stamp(trueMs)]);
const stamp = (trueMs: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(trueMs);
  return bytes;
};
const stampOf = (frame: Frame): number => Buffer.from(frame.data).readDoubleBE(1);

function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("sound and picture stay together", () => {
  interface Drift {
    picturePpm: number;
    soundPpm: number;
    /** By how much longer pictures are under way than sound, milliseconds. */
    pictureDelay: number;
    jitterMs: number;
  }

  /** Ten minutes of a call, without waiting for them: everything that comes in comes in the order of its arrival. */
  function tenMinutes({ picturePpm, soundPpm, pictureDelay, jitterMs }: Drift) {
    const random = randoms(7);
    const pictures = new Encoder(PICTURE, picturePpm);
    const sounds = new Encoder(SOUND, soundPpm, 1_000);
    const sendings: { stream: "picture" | "sound"; at: number; packet: () => Buffer }[] = [];
    const send = (stream: "picture" | "sound", at: number, packet: () => Buffer): void => {
      sendings.push({ stream, at, packet });
    };
    for (let ms = 0; ms < 600_000; ms += 1_000 / 30) {
      send("picture", ms, () => pictures.packet(picture(ms % 2_000 < 1, ms), pictures.timestamp(ms)));
    }
    for (let ms = 0; ms < 600_000; ms += 20) {
      // An encoder's frames are 960 samples of its own clock, whatever time that takes.
      const trueMs = ms / (1 + soundPpm / 1_000_000);
      send("sound", trueMs, () => sounds.packet(opus(trueMs), sounds.timestamp(trueMs)));
    }
    for (let ms = 500; ms < 600_000; ms += 1_000)
      send("picture", ms, () => pictures.report(ms, random() * 2));
    for (let ms = 2_500; ms < 600_000; ms += 5_000) send("sound", ms, () => sounds.report(ms, random() * 2));

    // A network delays, but keeps the order of each stream.
    const last = { picture: 0, sound: 0 };
    const arrivals = sendings
      .toSorted((a, b) => a.at - b.at)
      .map(({ stream, at, packet }) => {
        const delay = (stream === "picture" ? pictureDelay : 20) + random() * jitterMs;
        last[stream] = Math.max(last[stream], at + delay);
        return { at: last[stream], packet: packet() };
      });

    const { toStream, of } = receiver();
    let ticked = 0;
    for (const { at, packet } of arrivals.toSorted((a, b) => a.at - b.at)) {
      for (; ticked < at; ticked += 20) toStream.tick(ticked);
      toStream.packet(packet, at);
    }
    return { pictures: of("video"), sounds: of("audio") };
  }

  /** How much later a picture is shown than the sound of its moment is heard, milliseconds. */
  function skews(frames: ReturnType<typeof tenMinutes>): { trueMs: number; skew: number }[] {
    const recorded = frames.sounds.filter(({ data }) => data.length === 9);
    let i = 0;
    return frames.pictures.flatMap((shown) => {
      const trueMs = stampOf(shown);
      while (i + 1 < recorded.length && stampOf(recorded[i + 1] as Frame) <= trueMs) i++;
      const heard = recorded[i];
      if (heard === undefined || Math.abs(stampOf(heard) - trueMs) > 40) return [];
      const soundMs = heard.dts / 48 + (trueMs - stampOf(heard));
      return [{ trueMs, skew: shown.dts / 90 - soundMs }];
    });
  }

  test.each([
    { picturePpm: 200, soundPpm: -200, pictureDelay: 20, jitterMs: 30 },
    { picturePpm: -200, soundPpm: 200, pictureDelay: 60, jitterMs: 80 },
    { picturePpm: 0, soundPpm: 200, pictureDelay: 350, jitterMs: 10 },
  ])("over ten minutes of clocks that drift: %o", { timeout: 120_000 }, (drift) => {
    const frames = tenMinutes(drift);
    const all = skews(frames);
    expect(all.length).toBeGreaterThan(17_000);
    // The first reports come after some seconds; then the pictures are brought to where they belong.
    const settled = all.filter(({ trueMs }) => trueMs > 10_000);
    const worst = Math.max(...settled.map(({ skew }) => Math.abs(skew)));
    const atTheEnd = Math.max(...all.slice(-300).map(({ skew }) => Math.abs(skew)));
    expect({ worst: worst < 40, atTheEnd: atTheEnd < 10 }, `${worst} ${atTheEnd}`).toEqual({
      worst: true,
      atTheEnd: true,
    });
    // Nobody hears it: the sound is as it was recorded, sample by sample.
    const recorded = frames.sounds.filter(({ data }) => data.length === 9);
    expect(recorded.length).toBeGreaterThan(29_900);
    const gaps = recorded.slice(1).map((frame, i) => frame.dts - (recorded[i]?.dts ?? 0));
    expect(gaps.filter((gap) => gap !== 960)).toEqual([]);
    // Nobody sees it: pictures go on, each a little sooner or later than it was taken.
    const steps = frames.pictures.slice(1).map((frame, i) => frame.dts - (frames.pictures[i]?.dts ?? 0));
    expect(Math.min(...steps)).toBeGreaterThan(0.75 * 3_000);
    expect(Math.max(...steps)).toBeLessThan(1.25 * 3_000);
  });
});

describe("what is missing", () => {
  test("pictures are asked for again, and a keyframe where they don't come", () => {
    const { toStream, of, sent } = receiver();
    const pictures = new Encoder(PICTURE);
    const packets = Array.from({ length: 60 }, (_, i) =>
      pictures.packet(picture(i === 0 || i === 50), i * 3_000),
    );
    for (const [i, packet] of packets.entries()) {
      if (i !== 10) toStream.packet(packet, i * 33);
      toStream.tick(i * 33);
    }
    const asked = sent.filter(({ kind }) => kind === "nack");
    expect(asked[0]).toEqual({ kind: "nack", ssrc: 1, sequences: [65_010] });
    expect(sent.some(({ kind }) => kind === "keyframe-request")).toBe(true);
    expect(of("video").map(({ dts }) => dts / 3_000)).toEqual([
      ...Array.from({ length: 10 }, (_, i) => i),
      ...Array.from({ length: 10 }, (_, i) => 50 + i),
    ]);
  });

  test("pictures that are sent again in a stream of their own are taken", () => {
    const repeatedType = 97;
    const { toStream, of } = receiver({ picture: { ...MEDIA.picture, repeatedType } });
    const pictures = new Encoder(PICTURE);
    const again = new Encoder({ payloadType: repeatedType, ssrc: 3, rate: 90_000 });
    const packets = Array.from({ length: 6 }, (_, i) => pictures.packet(picture(i === 0), i * 3_000));
    for (const [i, packet] of packets.entries()) if (i !== 3) toStream.packet(packet, i * 33);
    expect(of("video").length).toBe(3);
    const lost = packets[3] as Buffer;
    toStream.packet(again.packet(Buffer.alloc(0), 0), 200); // only probes the network
    const number = lost.subarray(2, 4);
    const payload = Buffer.concat([number, lost.subarray(RTP_HEADER_LENGTH)]);
    toStream.packet(again.packet(payload, 9_000), 210);
    expect(of("video").map(({ dts }) => dts)).toEqual([0, 3_000, 6_000, 9_000, 12_000, 15_000]);
  });

  test("sound that never comes is silence, so that players have both tracks", () => {
    const { toStream, of, tracks } = receiver();
    const pictures = new Encoder(PICTURE);
    for (let i = 0; i < 90; i++) {
      toStream.packet(pictures.packet(picture(i === 0), i * 3_000), i * 33);
      toStream.tick(i * 33);
    }
    expect(tracks.map(({ kind }) => kind).toSorted()).toEqual(["audio", "video"]);
    const last = of("audio").at(-1);
    expect((last?.dts ?? 0) / 48).toBeGreaterThan(2_400);
  });

  test("sound that comes first waits for the pictures that were agreed on, but not for ever", () => {
    const late = receiver();
    const sound = new Encoder(SOUND);
    const pictures = new Encoder(PICTURE);
    for (let ms = 0; ms < 2_000; ms += 20) late.toStream.packet(sound.packet(opus(ms), ms * 48), ms);
    expect([late.tracks.length, late.frames.length]).toEqual([0, 0]);
    late.toStream.packet(pictures.packet(picture(true), 0), 2_000);
    late.toStream.packet(sound.packet(opus(2_000), 2_000 * 48), 2_020);
    expect(late.tracks.map(({ kind }) => kind).toSorted()).toEqual(["audio", "video"]);

    const never = receiver();
    const alone = new Encoder(SOUND);
    for (let ms = 0; ms < 11_000; ms += 20) never.toStream.packet(alone.packet(opus(ms), ms * 48), ms);
    expect(never.tracks.map(({ kind }) => kind)).toEqual(["audio"]);
    expect(never.of("audio").length).toBeGreaterThan(40);
  });
});

test("a source that takes another's place begins with a keyframe", () => {
  const { toStream, of } = receiver();
  const [first, second, rival] = [1, 9, 8].map((ssrc) => new Encoder({ ...PICTURE, ssrc })) as [
    Encoder,
    Encoder,
    Encoder,
  ];
  for (let i = 0; i < 3; i++) toStream.packet(first.packet(picture(i === 0), i * 3_000), i * 33);
  // While one sends, another is not listened to.
  toStream.packet(rival.packet(picture(true), 0), 100);
  expect(of("video").length).toBe(3);
  for (let i = 0; i < 4; i++) toStream.packet(second.packet(picture(i === 2), i * 3_000), 5_000 + i * 33);
  expect(of("video").length).toBe(5);
});

test("a keyframe is asked for every two seconds, and when somebody needs one", () => {
  const { toStream, sent } = receiver();
  const pictures = new Encoder(PICTURE);
  const requests = (): number => sent.filter(({ kind }) => kind === "keyframe-request").length;
  toStream.packet(pictures.packet(picture(true), 0), 0);
  for (let ms = 0; ms < 1_900; ms += 20) toStream.tick(ms);
  expect(requests()).toBe(0);
  toStream.requestKeyframe();
  toStream.tick(1_900);
  expect(requests()).toBe(1);
  toStream.packet(pictures.packet(picture(true), 180_000), 2_000);
  for (let ms = 2_000; ms < 4_500; ms += 20) toStream.tick(ms);
  expect(requests()).toBe(2);
});

test("pictures out of order are B-frames, which WebRTC can't carry", () => {
  const { toStream, refused } = receiver();
  const pictures = new Encoder(PICTURE);
  const order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11];
  for (const [i, number] of order.entries()) {
    toStream.packet(pictures.packet(picture(i === 0), number * 3_000), i * 33);
  }
  expect(refused[0]).toMatchObject({ code: "media-unsupported" });
  expect(refused[0]?.message).toContain("B-frames");
});

test("arrivals are told to whoever numbers packets, a limit to whoever does not", () => {
  const feedback = (transportSequence: number | undefined): Set<string> => {
    const sent: Buffer[] = [];
    const toStream = new WebRtcToStream({
      media: { ...MEDIA, transportSequence },
      sink: { track: () => undefined, frame: () => undefined, close: () => undefined },
      send: (packet) => sent.push(packet),
      onRefused: () => undefined,
    });
    const pictures = new Encoder(PICTURE);
    for (let i = 0; i < 10; i++) {
      const plain = pictures.packet(picture(i === 0), i * 3_000);
      const extension = Buffer.from([0xbe, 0xde, 0, 1, 0x31, 0, i, 0]);
      const header = Buffer.from(plain.subarray(0, RTP_HEADER_LENGTH));
      header[0] = (header[0] ?? 0) | 0x10;
      toStream.packet(Buffer.concat([header, extension, plain.subarray(RTP_HEADER_LENGTH)]), i * 33);
      toStream.tick(i * 33);
    }
    return new Set(sent.map((packet) => `${packet[1]}/${(packet[0] ?? 0) & 15}`));
  };
  const [arrivals, limit] = ["205/15", "206/15"];
  expect(feedback(3)).toContain(arrivals);
  expect(feedback(3)).not.toContain(limit);
  expect(feedback(undefined)).toContain(limit);
  expect(feedback(undefined)).not.toContain(arrivals);
});

test("how packets come is reported to the publisher and to whoever looks", () => {
  const { toStream, sent } = receiver();
  const pictures = new Encoder(PICTURE);
  for (let i = 0; i < 100; i++) {
    const packet = pictures.packet(picture(i === 0), i * 3_000);
    if (i % 10 !== 5) toStream.packet(packet, i * 33);
    toStream.tick(i * 33);
  }
  const report = sent.findLast(({ kind }) => kind === "receiver-report");
  expect(report).toMatchObject({ reports: [{ ssrc: 1 }] });
  expect(report?.kind === "receiver-report" && report.reports[0]?.fractionLost).toBeCloseTo(0.1, 1);
  expect(toStream.stats()).toMatchObject({ packets: 90, recovered: 0, roundTripMs: null, level: null });
  expect(toStream.stats().lost).toBeGreaterThanOrEqual(8);
});

test("the round trip is known from what the publisher answers, and from nobody else's answers", () => {
  const references: Buffer[] = [];
  const toStream = new WebRtcToStream({
    media: MEDIA,
    sink: { track: () => undefined, frame: () => undefined, close: () => undefined },
    send: (packet) => {
      if (packet.length > 20 && packet.at(-19) === 207) references.push(packet.subarray(-20));
    },
    onRefused: () => undefined,
  });
  const pictures = new Encoder(PICTURE);
  /** 250 ms after the publisher had it (RFC 3611 section 4.5). */
  const answer = (reference: Buffer, ssrc = reference.readUInt32BE(4)): Buffer => {
    const packet = Buffer.from("80cf0005000000010500000300000000000000000000400000", "hex").subarray(0, 24);
    packet.writeUInt32BE(ssrc, 12);
    reference.copy(packet, 16, 14, 18);
    packet.writeUInt32BE(0x4000, 20);
    return packet;
  };
  toStream.packet(pictures.packet(picture(true), 0), 5_000);
  toStream.tick(5_000);
  const [reference] = references as [Buffer];
  toStream.packet(answer(reference, 12_345), 5_300);
  expect(toStream.stats().roundTripMs).toBeNull();
  toStream.packet(answer(reference), 5_300);
  expect(toStream.stats().roundTripMs).toBeCloseTo(50, 0);
  // A time that was never sent.
  reference.writeUInt32BE(77, 12);
  toStream.packet(answer(reference), 5_400);
  expect(toStream.stats().roundTripMs).toBeCloseTo(50, 0);
});

test("garbage with the right payload types harms nobody", () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  const type = fc.constantFrom(PICTURE.payloadType, SOUND.payloadType, 97, 72, 73, 77, 78, 79);
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, type), { maxLength: 60 }), (packets) => {
      const { toStream, frames } = receiver({
        transportSequence: 1,
        picture: { ...MEDIA.picture, read: h264Reader(), repeatedType: 97 },
        sound: MEDIA.sound,
      });
      for (const [i, [random, payloadType]] of packets.entries()) {
        const packet = Buffer.from(random);
        if (packet.length > 1) packet.set([0x80 | ((packet[0] ?? 0) & 0x3f), 0x80 | payloadType]);
        toStream.packet(packet, i * 20);
        toStream.tick(i * 20);
      }
      // Silence is all that is ever added.
      expect(frames.length).toBeLessThan(packets.length + 4_000);
    }),
    { numRuns: 300 },
  );
});
