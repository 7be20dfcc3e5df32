// SPDX-License-Identifier: Apache-2.0

/** What is being sent, over the last interval. */
export interface PublishStats {
  /** Bits per second that left, by kind. */
  videoBitrate: number;
  audioBitrate: number;
  /** What is encoded now; `null` before the first frame. */
  width: number | null;
  height: number | null;
  framesPerSecond: number;
  videoCodec: string | null;
  audioCodec: string | null;
  /** Frames since the start that came from the source and were not encoded. */
  framesDropped: number;
  keyframes: number;
  /** Of the packets in the interval, as the node reports: 0 to 1. */
  lost: number;
  /** Milliseconds there and back; `null` while unknown. */
  roundTripMs: number | null;
  /** Bits per second that the network is thought to bear; `null` while unknown. */
  availableBitrate: number | null;
  /** What keeps the picture below what was asked. */
  limitedBy: "none" | "cpu" | "bandwidth" | "other";
}

/** What `getStats` tells of an outbound stream, beyond the types' own. */
type Outbound = RTCOutboundRtpStreamStats & { framesPerSecond?: number; qualityLimitationReason?: string };
type Source = { type: string; kind?: string; frames?: number };
type RemoteInbound = { kind?: string; fractionLost?: number; roundTripTime?: number };

/** Reads a connection's statistics; each reading covers what happened since the one before. */
export function createStatsReader(peer: RTCPeerConnection): () => Promise<PublishStats> {
  const before = new Map<string, { bytes: number; at: number }>();
  const bitrateOf = (id: string, bytes: number, at: number): number => {
    const last = before.get(id);
    before.set(id, { bytes, at });
    return last === undefined || at <= last.at
      ? 0
      : Math.max(0, ((bytes - last.bytes) * 8_000) / (at - last.at));
  };

  return async () => {
    const report = await peer.getStats();
    const stats: PublishStats = {
      videoBitrate: 0,
      audioBitrate: 0,
      width: null,
      height: null,
      framesPerSecond: 0,
      videoCodec: null,
      audioCodec: null,
      framesDropped: 0,
      keyframes: 0,
      lost: 0,
      roundTripMs: null,
      availableBitrate: null,
      limitedBy: "none",
    };
    let captured = 0;
    let encoded = 0;
    for (const entry of report.values() as IterableIterator<RTCStats>) {
      if (entry.type === "outbound-rtp") {
        const sent = entry as Outbound;
        const bitrate = bitrateOf(sent.id, sent.bytesSent ?? 0, sent.timestamp);
        const codec = codecName(report.get(sent.codecId ?? "") as { mimeType?: string } | undefined);
        if (sent.kind === "audio") {
          stats.audioBitrate = bitrate;
          stats.audioCodec = codec;
        } else {
          stats.videoBitrate = bitrate;
          stats.videoCodec = codec;
          stats.width = sent.frameWidth ?? null;
          stats.height = sent.frameHeight ?? null;
          stats.framesPerSecond = sent.framesPerSecond ?? 0;
          stats.keyframes = sent.keyFramesEncoded ?? 0;
          stats.limitedBy = limitOf(sent.qualityLimitationReason);
          encoded = sent.framesEncoded ?? 0;
        }
      } else if (entry.type === "media-source") {
        const source = entry as Source;
        if (source.kind === "video") captured = source.frames ?? 0;
      } else if (entry.type === "remote-inbound-rtp") {
        const { fractionLost = 0, roundTripTime } = entry as RemoteInbound;
        stats.lost = Math.max(stats.lost, fractionLost);
        if (roundTripTime !== undefined) stats.roundTripMs = roundTripTime * 1_000;
      } else if (entry.type === "candidate-pair") {
        const pair = entry as RTCIceCandidatePairStats;
        if (!pair.nominated || pair.state !== "succeeded") continue;
        stats.availableBitrate = pair.availableOutgoingBitrate ?? null;
        if (pair.currentRoundTripTime !== undefined) stats.roundTripMs ??= pair.currentRoundTripTime * 1_000;
      }
    }
    stats.framesDropped = Math.max(0, captured - encoded);
    return stats;
  };
}

function codecName(codec: { mimeType?: string } | undefined): string | null {
  return codec?.mimeType?.split("/")[1] ?? null;
}

function limitOf(reason: string | undefined): PublishStats["limitedBy"] {
  return reason === "cpu" || reason === "bandwidth" || reason === "other" ? reason : "none";
}
