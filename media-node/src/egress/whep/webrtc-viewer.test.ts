// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { parseRtcp, writeNack, writePictureLoss } from "../../webrtc/rtcp.ts";
import { isRtcp, parseRtp, RTP_HEADER_LENGTH, type RtpPacket } from "../../webrtc/rtp.ts";
import { PacketHistory, type PacketizedFrame } from "../rtp/packet-history.ts";
import { RtpSender } from "../rtp/rtp-sender.ts";
import { WebRtcViewer } from "./webrtc-viewer.ts";

const SSRC = 77;
const PICTURE = 3_000;

let history: PacketHistory;
let soundHistory: PacketHistory;
let sent: RtpPacket[];
let heard: RtpPacket[];
let reports: Buffer[];
let bought: Set<number>;
let keyframeRequests: number;
let canRequest: boolean;
let behind: number;
let viewer: WebRtcViewer;
let video: RtpSender;
let time: number;

beforeEach(() => {
  history = new PacketHistory(256);
  soundHistory = new PacketHistory(64);
  [sent, heard, reports, bought] = [[], [], [], new Set([0])];
  [keyframeRequests, behind, time] = [0, 0, 0];
  canRequest = false;
  const senderTo = (list: RtpPacket[], marksFrames: boolean, of: PacketHistory): RtpSender =>
    new RtpSender({
      payloadType: 96,
      ssrc: SSRC,
      marksFrames,
      history: of,
      send: (packet) => {
        const copy = Buffer.from(packet);
        if (isRtcp(copy)) reports.push(copy);
        else list.push(parseRtp(copy) as RtpPacket);
        return true;
      },
    });
  video = senderTo(sent, true, history);
  viewer = new WebRtcViewer({
    gate: { isOpen: (epoch) => bought.has(epoch) },
    video,
    audio: senderTo(heard, false, soundHistory),
    history,
    requestKeyframe: () => {
      keyframeRequests++;
      return canRequest;
    },
    onBehind: () => behind++,
  });
});

/** The stream's next picture, which each payload names. */
function picture(epoch: number, keyframe = false, packets = 2): PacketizedFrame {
  const frame = history.push({
    keyframe,
    epoch,
    timestamp: (time += PICTURE),
    packets: Array.from({ length: packets }, () => Buffer.alloc(RTP_HEADER_LENGTH + 1, time / PICTURE)),
  });
  viewer.video(frame);
  return frame;
}

function sound(epoch: number): void {
  const packets = [Buffer.alloc(RTP_HEADER_LENGTH + 1)];
  viewer.audio(soundHistory.push({ keyframe: false, epoch, timestamp: time, packets }));
}

const shown = (): number[] => [...new Set(sent.map(({ payload }) => payload.readUInt8(0)))];
const catchUp = (): void => {
  while (viewer.catchUp(3));
};
const sequencesAreWhole = (): boolean =>
  sent.every((packet, i) => i === 0 || packet.sequence === (((sent[i - 1]?.sequence ?? 0) + 1) & 0xffff));

test("nothing is sent before the connection stands; then everything since the last keyframe, close together", () => {
  picture(0, true);
  picture(0);
  picture(0);
  expect(sent).toEqual([]);
  viewer.connect();
  expect(behind).toBe(1);
  catchUp();
  picture(0);
  expect(shown()).toEqual([1, 2, 3, 4]);
  expect(sequencesAreWhole()).toBe(true);
  expect(sent.map(({ marker }) => marker)).toEqual([false, true, false, true, false, true, false, true]);
  const times = sent.filter(({ marker }) => marker).map(({ timestamp }) => timestamp);
  expect(times).toEqual([9_000 - 180, 9_000 - 90, 9_000, 12_000]);
});

test("what comes while a viewer catches up waits for its turn", () => {
  picture(0, true, 20);
  viewer.connect();
  expect(viewer.catchUp(1)).toBe(true);
  picture(0);
  expect(shown()).toEqual([1]);
  catchUp();
  picture(0);
  expect(shown()).toEqual([1, 2, 3]);
  picture(0, true);
  expect(shown()).toEqual([1, 2, 3, 4]);
});

test("unpaid pictures are not sent; a payment resumes at a keyframe, without a gap in the numbers", () => {
  viewer.connect();
  picture(0, true);
  picture(1);
  picture(1);
  expect(shown()).toEqual([1]);
  bought.add(2);
  // The group's keyframe is paid, what lies between is not: it can't be decoded without.
  picture(2);
  expect(shown()).toEqual([1]);
  expect(keyframeRequests).toBe(1);
  picture(2);
  picture(2, true);
  picture(2);
  expect(shown()).toEqual([1, 6, 7]);
  expect(sequencesAreWhole()).toBe(true);
  expect(viewer.drops).toEqual({ unpaid: 2, skipped: 2 });
});

test("a payment for the group that is on air brings it at once", () => {
  picture(1, true);
  picture(1);
  viewer.connect();
  picture(1);
  expect(sent).toEqual([]);
  bought.add(1);
  picture(1);
  catchUp();
  expect(shown()).toEqual([1, 2, 3, 4]);
});

test("sound is forwarded with the picture, and only what is paid of it", () => {
  viewer.connect();
  sound(0);
  expect(heard).toEqual([]);
  picture(0, true);
  sound(0);
  sound(1);
  expect(heard).toHaveLength(1);
  picture(1);
  sound(0);
  expect(heard).toHaveLength(1);
});

test("lost packets are sent again as they were, over gaps and catching up; others can't be had", () => {
  picture(0, true);
  viewer.connect();
  catchUp();
  picture(0);
  bought = new Set([2]);
  picture(1);
  picture(2, true);
  const first = [...sent];
  viewer.feedback(
    writeNack(
      1,
      SSRC,
      first.map(({ sequence }) => sequence),
    ),
  );
  expect(sent.slice(first.length)).toEqual(first);
  viewer.feedback(writeNack(1, SSRC, [(first.at(-1)?.sequence ?? 0) + 1, (first[0]?.sequence ?? 0) - 1]));
  expect(sent).toHaveLength(2 * first.length);
  expect(video.stats.resent).toBe(first.length);
});

test("repetitions are rationed: a player that asks for everything again and again gets a few", () => {
  viewer.connect();
  picture(0, true, 100);
  const [{ sequence }] = sent as [RtpPacket];
  const all = Array.from({ length: 100 }, (_, i) => (sequence + i) & 0xffff);
  for (let i = 0; i < 50; i++) viewer.feedback(writeNack(1, SSRC, all));
  expect(sent.length).toBeLessThan(1_000);
});

test("a player that lost its picture gets a keyframe: from the publisher, or the last one again, later than what it had", () => {
  viewer.connect();
  picture(0, true);
  picture(0);
  canRequest = true;
  viewer.feedback(writePictureLoss(1, SSRC));
  expect(keyframeRequests).toBe(1);
  expect(behind).toBe(0);
  // It asks again and again until it has one.
  viewer.feedback(writePictureLoss(1, SSRC));
  expect(keyframeRequests).toBe(1);
});

test("where the publisher can't be asked, the last keyframe's group is sent again, with later timestamps", () => {
  viewer.connect();
  for (const keyframe of [true, false, false]) picture(0, keyframe);
  const before = sent.length;
  viewer.feedback(writePictureLoss(1, SSRC));
  catchUp();
  picture(0);
  expect(sent.slice(before).map(({ payload }) => payload.readUInt8(0))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  const times = sent.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(sequencesAreWhole()).toBe(true);
});

test("a network that loses much gets keyframes only, for a while", () => {
  viewer.connect();
  picture(0, true);
  const receiverReport = Buffer.alloc(32);
  receiverReport.set([0x81, 201, 0, 7], 0);
  receiverReport.writeUInt8(128, 12);
  for (let i = 0; i < 2; i++) viewer.feedback(receiverReport);
  picture(0);
  picture(0);
  picture(0, true);
  picture(0);
  expect(shown()).toEqual([1, 4]);
  expect(keyframeRequests).toBe(0);
});

test("a player that says nothing of what it gets is known by it", () => {
  viewer.connect();
  const later = performance.now() + 10_000;
  expect(viewer.unanswered(later)).toBe(0);
  picture(0, true);
  expect(viewer.unanswered(later)).toBeGreaterThan(9_000);
  viewer.feedback(Buffer.alloc(0));
  expect(viewer.unanswered(later)).toBe(0);
});

test("whatever a player says, nothing breaks", () => {
  viewer.connect();
  picture(0, true);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => viewer.feedback(Buffer.from(bytes))));
  picture(0);
  expect(shown()).toContain(2);
});

test("reports count what was sent", () => {
  viewer.connect();
  picture(0, true);
  video.report(3_900_000_000_500, 123);
  expect(parseRtcp(reports[0] as Buffer)).toMatchObject([
    { kind: "sender-report", ssrc: SSRC, rtpTimestamp: 123, packets: 2, bytes: 2 },
  ]);
});
