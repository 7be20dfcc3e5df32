// SPDX-License-Identifier: Apache-2.0
// The browser build: the other one expects Node's `process` and `global`.
import SimplePeer from "simple-peer/simplepeer.min.js";
import { asError } from "../errors.ts";
import { preferCodecs } from "./encoding.ts";

export interface OfferingPeerOptions {
  tracks: readonly MediaStreamTrack[];
  iceServers: RTCIceServer[];
  onOffer: (sdp: string) => void;
  onCandidate: (candidate: { candidate: string; mid: string }) => void;
  /** It is closed, by an error or by the other side. Not called after `close`. */
  onClosed: (error: Error) => void;
}

/** The side of a connection that sends media and makes the offers. */
export interface OfferingPeer {
  readonly peer: RTCPeerConnection;
  takeAnswer(sdp: string): void;
  takeCandidate(candidate: { candidate: string; mid: string }): void;
  /** Offers again, with new credentials. */
  restartIce(): void;
  close(): void;
}

/** What simple-peer has and its types do not name: the connection itself, and what each offer is made with. */
interface SimplePeerInside {
  _pc: RTCPeerConnection;
  offerOptions: RTCOfferOptions;
  negotiate(): void;
}

/**
 * The one file that knows simple-peer. It always opens a data channel beside the media, on which nothing is sent, and closes
 * itself when ICE fails; its own "connect" event waits for that channel, so connecting is watched on the connection.
 */
export function createOfferingPeer(options: OfferingPeerOptions): OfferingPeer {
  const { tracks, iceServers, onOffer, onCandidate, onClosed } = options;
  const simple = new SimplePeer({
    initiator: true,
    trickle: true,
    config: { iceServers, bundlePolicy: "max-bundle" },
    stream: new MediaStream([...tracks]),
  });
  const inside = simple as unknown as SimplePeerInside;
  const peer = inside._pc;
  // The offer is made in a later task: there is time to say what it is to prefer.
  for (const transceiver of peer.getTransceivers()) transceiver.direction = "sendonly";
  preferCodecs(peer);

  let closed = false;
  let failure: Error | undefined;
  simple.on("signal", (data) => {
    if (data.type === "offer" && data.sdp !== undefined) onOffer(data.sdp);
    else if (data.type === "candidate" && data.candidate) {
      onCandidate({ candidate: data.candidate.candidate, mid: data.candidate.sdpMid ?? "" });
    }
  });
  simple.on("error", (error) => (failure = asError(error)));
  simple.on("close", () => {
    if (closed) return;
    closed = true;
    onClosed(failure ?? new Error("the other side closed the connection"));
  });

  return {
    peer,
    takeAnswer(sdp) {
      if (!closed) simple.signal({ type: "answer", sdp });
    },
    takeCandidate({ candidate, mid }) {
      // simple-peer takes an end of candidates for nonsense, and closes.
      if (closed || candidate === "") return;
      simple.signal({ type: "candidate", candidate: new RTCIceCandidate({ candidate, sdpMid: mid }) });
    },
    restartIce() {
      inside.offerOptions = { iceRestart: true };
      inside.negotiate();
    },
    close() {
      closed = true;
      simple.destroy();
    },
  };
}
