// SPDX-License-Identifier: Apache-2.0
import { restartedAnswer, writeFragment } from "../../publisher/sdp-fragment.ts";
import { WebRtcError, WhepSession } from "./whep-session.ts";

/** Candidates found together travel together. */
const BATCH_MS = 50;

export interface WhepConnectionOptions {
  /** Absolute URL. */
  endpoint: string;
  /** Of the viewer's channel; `null` for a free stream. */
  token: string | null;
  iceServers: RTCIceServer[];
  fetch: typeof fetch;
  onState: (state: RTCPeerConnectionState) => void;
  /** The node ended the connection. */
  onEnded: () => void;
  signal: AbortSignal;
}

/** A viewer's connection to a stream. */
export interface WhepConnection {
  readonly peer: RTCPeerConnection;
  readonly stream: MediaStream;
  /** Whether the node sends pictures, as far as it said. */
  readonly hasVideo: boolean;
  /** Keeps received pictures for so long, where there is less waiting: their sound may take longer. Milliseconds. */
  holdPicture(ms: number): void;
  /** Lets what another channel buys through as well. */
  authorize(token: string): Promise<void>;
  /** Finds new paths for the same session, as after a change of network. */
  restartIce(): Promise<void>;
  close(): void;
}

/**
 * Connects to a WHEP endpoint: offers to receive, and trickles candidates as they are found.
 *
 * @throws WebRtcError
 */
export async function connectWhep(options: WhepConnectionOptions): Promise<WhepConnection> {
  const { signal, onState } = options;
  const peer = new RTCPeerConnection({ iceServers: options.iceServers, bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  const transceivers = (["video", "audio"] as const).map((kind) =>
    peer.addTransceiver(kind, { direction: "recvonly" }),
  );
  for (const { receiver } of transceivers) {
    stream.addTrack(receiver.track);
    hold(receiver, 0);
  }
  const session = new WhepSession(options.endpoint, options.fetch);
  const trickle = createTrickle(peer, session);
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    signal.removeEventListener("abort", close);
    trickle.stop();
    // The goodbye first: a node that sees the connection go knows of no session any more that it could end.
    void session.delete().finally(() => peer.close());
  };
  signal.addEventListener("abort", close, { once: true });
  peer.addEventListener("connectionstatechange", () => !closed && onState(peer.connectionState));

  try {
    signal.throwIfAborted();
    await peer.setLocalDescription(await peer.createOffer());
    const answer = await session.create(sdpOf(peer), options.token, signal);
    await peer.setRemoteDescription({ type: "answer", sdp: answer });
    trickle.agreed();
    // The connection's own state would notice that nobody is there some five seconds later.
    const dtls = transceivers[0]!.receiver.transport;
    dtls?.addEventListener("statechange", () => !closed && dtls.state === "closed" && options.onEnded());
  } catch (error) {
    close();
    throw error;
  }

  return {
    peer,
    stream,
    hasVideo: transceivers[0]!.currentDirection === "recvonly",
    holdPicture: (ms) => hold(transceivers[0]!.receiver, ms),
    authorize: (token) => session.authorize(emptyFragment(peer), token),
    async restartIce() {
      trickle.disagreed();
      await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }));
      const before = peer.currentRemoteDescription?.sdp ?? "";
      const answer = restartedAnswer(before, await session.restart(emptyFragment(peer)));
      if (answer === null) throw new WebRtcError("webrtc-gone", "The node cannot restart the connection.");
      await peer.setRemoteDescription({ type: "answer", sdp: answer });
      trickle.agreed();
    },
    close,
  };
}

/** How long to keep what came; 0: it shows at once. Browsers differ in what they know. */
function hold(receiver: RTCRtpReceiver, ms: number): void {
  const known = receiver as { jitterBufferTarget?: number | null; playoutDelayHint?: number | null };
  if ("jitterBufferTarget" in known) known.jitterBufferTarget = ms;
  else if ("playoutDelayHint" in known) known.playoutDelayHint = ms / 1_000;
}

const sdpOf = (peer: RTCPeerConnection): string => peer.localDescription?.sdp ?? "";

const emptyFragment = (peer: RTCPeerConnection): string =>
  writeFragment(sdpOf(peer), [], { last: false }) ?? "";

/** Sends candidates in batches, once both sides agree on the credentials that they belong to. */
function createTrickle(peer: RTCPeerConnection, session: WhepSession) {
  let waiting: string[] = [];
  let agreed = false;
  let batch: ReturnType<typeof setTimeout> | undefined;
  const send = (): void => {
    clearTimeout(batch);
    batch = undefined;
    const last = peer.iceGatheringState === "complete";
    if (!agreed || (waiting.length === 0 && !last)) return;
    const fragment = writeFragment(sdpOf(peer), waiting, { last });
    waiting = [];
    // A candidate that does not arrive costs a path, not the session: the node sees where packets come from as well.
    if (fragment !== null) session.trickle(fragment).catch(() => undefined);
  };
  const found = ({ candidate }: RTCPeerConnectionIceEvent): void => {
    if (candidate === null) send();
    else if (candidate.candidate !== "") {
      waiting.push(candidate.candidate);
      batch ??= setTimeout(send, BATCH_MS);
    }
  };
  peer.addEventListener("icecandidate", found);
  return {
    agreed(): void {
      agreed = true;
      send();
    },
    disagreed(): void {
      agreed = false;
      waiting = [];
    },
    stop(): void {
      agreed = false;
      clearTimeout(batch);
      peer.removeEventListener("icecandidate", found);
    },
  };
}
