// SPDX-License-Identifier: Apache-2.0

/** What the browser's encoder is to aim for. The network may allow less: it adapts below these. */
export interface Encoding {
  /** Bits per second of video. */
  videoBitrate: number;
  /** Bits per second of audio. */
  audioBitrate: number;
  /** Frames per second at most. */
  frameRate: number;
  /** Picture height at most; higher ones are scaled down. */
  height: number;
}

export const DEFAULT_ENCODING: Encoding = {
  videoBitrate: 2_500_000,
  audioBitrate: 128_000,
  frameRate: 30,
  height: 720,
};

/** H.264 plays everywhere; VP8 does not fit into HLS, so it is offered last. */
const VIDEO_PREFERENCE = ["video/h264", "video/vp9", "video/av1"];

/** Orders what is offered, so that the node takes the codec most players know. To be called before the offer is made. */
export function preferCodecs(peer: RTCPeerConnection): void {
  for (const transceiver of peer.getTransceivers()) {
    if (transceiver.sender.track?.kind !== "video") continue;
    const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
    if (codecs.length === 0) continue;
    const rank = ({ mimeType }: { mimeType: string }) => {
      const at = VIDEO_PREFERENCE.indexOf(mimeType.toLowerCase());
      return at === -1 ? VIDEO_PREFERENCE.length : at;
    };
    transceiver.setCodecPreferences(codecs.toSorted((a, b) => rank(a) - rank(b)));
  }
}

/** Applies `encoding` to what is sent now; call it again when a track was replaced, since its size counts. */
export async function applyEncoding(peer: RTCPeerConnection, encoding: Encoding): Promise<void> {
  for (const sender of peer.getSenders()) {
    const { track } = sender;
    if (!track) continue;
    const parameters = sender.getParameters();
    const [first] = parameters.encodings;
    // No encodings yet: before the answer some browsers have none to change.
    if (!first) continue;
    if (track.kind === "audio") {
      first.maxBitrate = encoding.audioBitrate;
    } else {
      first.maxBitrate = encoding.videoBitrate;
      first.maxFramerate = encoding.frameRate;
      first.scaleResolutionDownBy = scaleDown(track.getSettings().height, encoding.height);
      // A talking head may lose sharpness, a slide may lose frames.
      parameters.degradationPreference = track.contentHint === "detail" ? "maintain-resolution" : "balanced";
    }
    await sender.setParameters(parameters);
  }
}

/** By how much to divide a picture of `height` to be at most `most` high. */
export function scaleDown(height: number | undefined, most: number): number {
  return height === undefined ? 1 : Math.max(1, height / most);
}
