// SPDX-License-Identifier: Apache-2.0
import type { PeerConnection, Track as PeerTrack } from "node-datachannel";
import { WebRtcError } from "../../webrtc/errors.ts";
import { rtcConfig, withPublicAddress, type IceSettings } from "../../webrtc/ice-config.ts";
import { loadNodeDatachannel, type NodeDatachannel } from "../../webrtc/load-node-datachannel.ts";
import { isRtcp } from "../../webrtc/rtp.ts";
import type { SdpCodec, SdpMedia } from "../../webrtc/sdp.ts";
import type { OutgoingTrack } from "../rtp/outgoing-track.ts";
import { RtpSender } from "../rtp/rtp-sender.ts";

/** A section of the offer, and what it is answered with. */
export interface AnsweredMedia {
  media: SdpMedia;
  /** Undefined: nothing is sent there. */
  sent: { codec: SdpCodec; track: OutgoingTrack } | undefined;
}

export interface WhepSessionOptions {
  /** The offer. */
  sdp: string;
  sections: readonly AnsweredMedia[];
  ice: IceSettings;
}

/** What happens to a session. */
interface WhepSessionEvents {
  /** RTCP of the viewer's. */
  onFeedback: (packet: Buffer) => void;
  onConnected: () => void;
  /** The connection is gone, and nothing can be sent any more. */
  onClosed: () => void;
}

/** One viewer's peer connection. */
export interface WhepSession {
  readonly answer: string;
  readonly video: RtpSender | undefined;
  readonly audio: RtpSender | undefined;
  /** To be called once. */
  listen(events: WhepSessionEvents): void;
  addCandidate(candidate: string, mid: string): void;
  close(): void;
}

/** Host candidates are there at once; this bounds the wait for the library to say so, milliseconds. */
const GATHERING_MS = 2_000;
/** What the players see the tracks as parts of: one stream, to be kept together. */
const MEDIA_STREAM = "tickstream";

/**
 * Answers a viewer's offer. The library only makes the encrypted way: packets, reports and repetitions are ours, since all
 * viewers share them.
 *
 * @throws WebRtcError `webrtc-unavailable`, `sdp-invalid`, `webrtc-timeout`
 */
export async function openWhepSession(options: WhepSessionOptions): Promise<WhepSession> {
  const library = await loadNodeDatachannel();
  const peer = new library.PeerConnection("viewer", rtcConfig(options.ice));
  const tracks: PeerTrack[] = [];
  let events: WhepSessionEvents | undefined;
  let state = "new";
  let closed = false;
  const tellState = (): void => {
    if (closed || events === undefined) return;
    if (state === "connected") events.onConnected();
    else if (state === "failed" || state === "closed") events.onClosed();
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    // Each by itself: what the library keeps for a track goes with it only so, and would keep the process alive.
    for (const track of tracks) track.close();
    peer.close();
  };
  peer.onStateChange((next) => {
    state = next;
    tellState();
  });
  try {
    const senders: { video?: RtpSender; audio?: RtpSender } = {};
    for (const section of options.sections) {
      const track = addSection(library, peer, section);
      if (track === undefined) continue;
      tracks.push(track);
      track.onClosed(() => {});
      if (section.sent === undefined) continue;
      track.onMessage((packet) => {
        if (isRtcp(packet)) events?.onFeedback(packet);
      });
      senders[section.sent.track.kind] = senderOn(track, section.sent);
    }
    const answer = await answerTo(peer, options.sdp);
    return {
      answer: withPublicAddress(answer, options.ice.publicAddress),
      video: senders.video,
      audio: senders.audio,
      listen(listener) {
        events = listener;
        tellState();
      },
      addCandidate: (candidate, mid) => {
        if (!closed) peer.addRemoteCandidate(candidate, mid);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function addSection(
  library: NodeDatachannel,
  peer: PeerConnection,
  { media, sent }: AnsweredMedia,
): PeerTrack | undefined {
  const codec = sent?.codec ?? media.codecs[0];
  if (media.kind === "application" || codec === undefined) return undefined;
  const { mid } = media;
  const { payloadType, name, clockRate, channels, fmtp } = codec;
  const direction = sent === undefined ? "Inactive" : "SendOnly";
  let section;
  if (media.kind === "video") {
    section = new library.Video(mid, direction);
    section.addVideoCodec(payloadType, name, fmtp);
  } else {
    section = new library.Audio(mid, direction);
    section.addAudioCodec(payloadType, `${name.toLowerCase()}/${clockRate}/${channels}`, fmtp);
  }
  if (sent !== undefined) section.addSSRC(sent.track.ssrc, MEDIA_STREAM, MEDIA_STREAM, media.kind);
  return peer.addTrack(section);
}

function senderOn(track: PeerTrack, sent: NonNullable<AnsweredMedia["sent"]>): RtpSender {
  return new RtpSender({
    payloadType: sent.codec.payloadType,
    ssrc: sent.track.ssrc,
    marksFrames: sent.track.kind === "video",
    history: sent.track.history,
    send: (packet) => sendOn(track, packet),
  });
}

/** The library throws while the connection goes down, which is told by its state. */
function sendOn(track: PeerTrack, packet: Buffer): boolean {
  try {
    return track.sendMessageBinary(packet);
  } catch {
    return false;
  }
}

/** The answer with all its candidates: the node's own, so that they are known at once. */
async function answerTo(peer: PeerConnection, offer: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const gathered = new Promise<void>((resolve, reject) => {
    peer.onGatheringStateChange((state) => {
      if (state === "complete") resolve();
    });
    timer = setTimeout(
      () => reject(new WebRtcError("webrtc-timeout", "The node found no network to answer from.")),
      GATHERING_MS,
    );
  });
  try {
    peer.setRemoteDescription(offer, "offer");
    peer.setLocalDescription("answer");
    await gathered;
  } catch (cause) {
    if (cause instanceof WebRtcError) throw cause;
    throw new WebRtcError("sdp-invalid", "The session description can't be used.", { cause });
  } finally {
    clearTimeout(timer);
  }
  const answer = peer.localDescription();
  if (answer === null) throw new WebRtcError("sdp-invalid", "The session description can't be answered.");
  return answer.sdp;
}
