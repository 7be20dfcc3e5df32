// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { opusSamples } from "../ingest/codec-config.ts";
import type { PlacedFrame } from "../media/fan-out.ts";
import type { AudioTrack } from "../media/frame.ts";
import { adtsWriter, type AdtsWriter } from "./adts.ts";
import { OggPackets } from "./ogg-packets.ts";
import { SampleClock } from "./sample-clock.ts";

export interface OpusTranscoderOptions {
  /** Path of the program. */
  ffmpeg: string;
  /** An Opus packet, and its time on the stream's clock, 90 kHz ticks. */
  onPacket: (packet: Uint8Array, time: number) => void;
  log: { warn(fields: object, message: string): void };
}

/** Makes Opus, which WebRTC carries, of AAC, which it does not. */
export interface OpusTranscoder {
  /** The frames to come are of this track. */
  track(track: AudioTrack): void;
  frame(frame: PlacedFrame): void;
  /** Ends the process. */
  stop(): void;
}

/** Bytes that may wait for ffmpeg: some seconds of sound. What comes then is left out. */
const MAX_WAITING = 64 << 10;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** A process that lasted this long failed for another reason than the one before it. */
const SOUND_MS = 60_000;
const LONGEST_NOTE = 1_000;
/** An Opus stream in Ogg begins with two packets that are none of sound (RFC 7845 section 3). */
const HEADER_PACKETS = 2;
const PRE_SKIP_OFFSET = 10;

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts one; ffmpeg itself starts with the first frame, and again, ever more slowly, where it fails. */
export function startOpusTranscoder(options: OpusTranscoderOptions): OpusTranscoder {
  const { ffmpeg, onPacket, log } = options;
  let track: AudioTrack | undefined;
  let run: { program: Program; feed(frame: PlacedFrame): void } | undefined;
  let retryMs = FIRST_RETRY_MS;
  let retryAt = 0;
  let stopped = false;

  const begin = (source: AudioTrack, adts: AdtsWriter): NonNullable<typeof run> => {
    const startedAt = performance.now();
    const clock = new SampleClock();
    const program = spawn(ffmpeg, commandLine(Math.min(source.channels, 2)), { stdio: "pipe" });
    let headers = 0;
    const packets = new OggPackets((packet) => {
      if (headers++ === 0) clock.leadIn(packet.readUInt16LE(PRE_SKIP_OFFSET));
      if (headers <= HEADER_PACKETS) return;
      const time = clock.take(opusSamples(packet));
      if (time !== undefined && run?.program === program) onPacket(packet, time);
    });
    let said = "";
    program.stdout.on("data", (bytes: Buffer) => {
      try {
        packets.push(bytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        program.kill("SIGKILL");
      }
    });
    program.stderr.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-LONGEST_NOTE)));
    // That it is gone is told by its end.
    program.stdin.on("error", () => {});
    program.once("error", (error) => (said = error.message));
    program.once("close", (code) => {
      if (run?.program !== program) return;
      run = undefined;
      const now = performance.now();
      if (now - startedAt > SOUND_MS) retryMs = FIRST_RETRY_MS;
      retryAt = now + retryMs;
      log.warn({ code, said: said.trim(), retryMs }, "ffmpeg stopped making Opus");
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    });
    return {
      program,
      feed(frame) {
        const bytes = program.stdin.writableLength > MAX_WAITING ? undefined : adts(frame.data);
        if (bytes === undefined || program.stdin.destroyed) return;
        program.stdin.write(bytes);
        clock.put(frame.time, source.frameDuration / source.timescale);
      },
    };
  };

  const end = (): void => {
    const program = run?.program;
    run = undefined;
    program?.kill("SIGKILL");
  };

  return {
    track(next) {
      end();
      track = next;
    },
    frame(frame) {
      if (stopped || track === undefined) return;
      if (run === undefined && performance.now() >= retryAt) {
        const adts = adtsWriter(track);
        if (adts !== undefined) run = begin(track, adts);
      }
      run?.feed(frame);
    },
    stop() {
      stopped = true;
      end();
    },
  };
}

function commandLine(channels: number): string[] {
  // prettier-ignore
  return [
    "-hide_banner", "-loglevel", "error", "-nostdin",
    "-flags", "low_delay", "-probesize", "32", "-analyzeduration", "0",
    "-f", "aac", "-i", "pipe:0",
    "-c:a", "libopus", "-b:a", channels === 1 ? "64k" : "96k", "-ac", String(channels), "-ar", "48000",
    "-application", "lowdelay", "-frame_duration", "20",
    "-f", "ogg", "-page_duration", "20000", "-flush_packets", "1", "pipe:1",
  ];
}
