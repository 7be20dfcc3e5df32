// SPDX-License-Identifier: Apache-2.0
// Compares what a viewer wrote with what the encoder sent, packet by packet: a packet is known by the MD5 of its bytes, which
// neither FLV nor fragmented MP4 changes.
import { ffprobePath } from "./encoder.ts";
import { runProgram } from "../system/program.ts";

/** The MD5 of every packet of a file, in the file's order. */
export interface Packets {
  video: string[];
  audio: string[];
}

/** Where one list of packets stands in another: `sent[from]` is the first received. */
export interface PacketRun {
  from: number;
  count: number;
}

/**
 * Reads every packet of the first video and the first audio track.
 *
 * @param file a media file that ffprobe understands; it must not grow meanwhile
 */
export async function readPackets(file: string): Promise<Packets> {
  const [video, audio] = await Promise.all([readTrack(file, "v:0"), readTrack(file, "a:0")]);
  return { video, audio };
}

async function readTrack(file: string, track: string): Promise<string[]> {
  const output = await runProgram(
    ffprobePath(),
    // prettier-ignore
    ["-v", "error", "-select_streams", track, "-show_packets", "-show_data_hash", "md5",
      "-show_entries", "packet=data_hash", "-of", "default=nokey=1:noprint_wrappers=1", file],
  );
  return output.split("\n").flatMap((line) => (line.startsWith("MD5:") ? [line.slice(4)] : []));
}

/**
 * Finds the received packets in the sent ones as one contiguous run: nothing missing, nothing doubled, nothing else.
 *
 * @throws where they are no such run, saying which packet is the first that does not fit
 */
export function locateRun(received: readonly string[], sent: readonly string[]): PacketRun {
  const first = received[0];
  if (first === undefined) throw new Error("nothing was received");
  let longest = { from: -1, count: 0 };
  for (let from = sent.indexOf(first); from >= 0; from = sent.indexOf(first, from + 1)) {
    let count = 1;
    while (count < received.length && received[count] === sent[from + count]) count += 1;
    if (count === received.length) return { from, count };
    if (count > longest.count) longest = { from, count };
  }
  throw new Error(
    longest.count === 0
      ? `none of ${sent.length} sent packets is the first of ${received.length} received`
      : `received packet ${longest.count} of ${received.length} is not sent packet ${longest.from + longest.count} of ${sent.length}`,
  );
}

/**
 * Splits the received packets into the fewest contiguous runs of the sent ones, in order and without overlap: what a viewer
 * has whose stream was interrupted.
 *
 * @throws where a packet was never sent, or comes a second time
 */
export function locateRuns(received: readonly string[], sent: readonly string[]): PacketRun[] {
  const runs: PacketRun[] = [];
  for (let next = 0, after = 0; next < received.length;) {
    const from = sent.indexOf(received[next] as string, after);
    if (from < 0)
      throw new Error(`received packet ${next} of ${received.length} was not sent, or is doubled`);
    let count = 1;
    while (next + count < received.length && received[next + count] === sent[from + count]) count += 1;
    runs.push({ from, count });
    next += count;
    after = from + count;
  }
  return runs;
}

/** How many packets ffprobe finds in a file, of whatever track; 0 where it makes nothing of it. */
export async function countPackets(file: string): Promise<number> {
  // prettier-ignore
  const reading = runProgram(ffprobePath(), ["-v", "quiet", "-show_packets", "-show_entries", "packet=size", "-of", "csv=p=0", file]);
  const output = await reading.catch(() => ""); // a file that is no media at all ends ffprobe with an error
  return output.split("\n").filter((line) => line !== "").length;
}

/** Shannon entropy in bits a byte: 8 is noise. For at least some tens of kilobytes. */
export function entropy(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts.reduce((sum, count) => {
    const share = count / bytes.length;
    return count === 0 ? sum : sum - share * Math.log2(share);
  }, 0);
}
