// SPDX-License-Identifier: Apache-2.0

/** What a connection received so far, all sums since it stands. */
export interface Inbound {
  /** Of media, sent again ones left out. */
  packets: number;
  packetsLost: number;
  bytes: number;
  framesDecoded: number;
  /** Sum over all frames, from the first packet to the picture, in seconds. */
  processingSeconds: number;
  roundTripMs: number | null;
  /** By how much the picture that shows is ahead of the sound that is heard; `null` while the browser can't tell. */
  pictureAheadMs: number | null;
  videoCodec: string | null;
  audioCodec: string | null;
  /** When this was so, in milliseconds of `performance.now()`. */
  at: number;
}

/** The parts of the W3C statistics that are read here; browsers leave some out. */
interface Report {
  type: string;
  kind?: string;
  codecId?: string;
  mimeType?: string;
  packetsReceived?: number;
  retransmittedPacketsReceived?: number;
  packetsLost?: number;
  bytesReceived?: number;
  framesDecoded?: number;
  totalProcessingDelay?: number;
  /** The sender's wall clock at what plays now, known from its sender reports. */
  estimatedPlayoutTimestamp?: number;
  nominated?: boolean;
  state?: string;
  currentRoundTripTime?: number;
}

/** Reads a connection's statistics. */
export async function readInbound(peer: RTCPeerConnection): Promise<Inbound> {
  const reports = (await peer.getStats()) as unknown as Map<string, Report>;
  const inbound: Inbound = {
    packets: 0,
    packetsLost: 0,
    bytes: 0,
    framesDecoded: 0,
    processingSeconds: 0,
    roundTripMs: null,
    pictureAheadMs: null,
    videoCodec: null,
    audioCodec: null,
    at: performance.now(),
  };
  const shown: { audio?: number | undefined; video?: number | undefined } = {};
  for (const report of reports.values()) {
    if (report.type === "inbound-rtp") {
      addMedia(inbound, report, reports);
      const { kind, estimatedPlayoutTimestamp } = report;
      if (kind === "audio" || kind === "video") shown[kind] = estimatedPlayoutTimestamp;
    } else if (
      report.type === "candidate-pair" &&
      report.state === "succeeded" &&
      report.nominated !== false
    ) {
      const { currentRoundTripTime: seconds } = report;
      if (seconds !== undefined) inbound.roundTripMs = Math.round(seconds * 1_000);
    }
  }
  // Zero stands for unknown.
  if (shown.audio && shown.video) inbound.pictureAheadMs = shown.video - shown.audio;
  return inbound;
}

function addMedia(inbound: Inbound, report: Report, reports: Map<string, Report>): void {
  inbound.packets += (report.packetsReceived ?? 0) - (report.retransmittedPacketsReceived ?? 0);
  inbound.packetsLost += Math.max(0, report.packetsLost ?? 0);
  inbound.bytes += report.bytesReceived ?? 0;
  const codec = reports.get(report.codecId ?? "")?.mimeType ?? null;
  if (report.kind === "audio") inbound.audioCodec = codec;
  if (report.kind !== "video") return;
  inbound.videoCodec = codec;
  inbound.framesDecoded += report.framesDecoded ?? 0;
  inbound.processingSeconds += report.totalProcessingDelay ?? 0;
}
