// SPDX-License-Identifier: Apache-2.0
// One end of a data channel that may go through TURN servers only, in a process of its own: it may stand in another network
// namespace. `node relay-peer.ts <JSON of RelayPeerArguments>`; speaks RelayPeerMessages over IPC, ends with its parent.
import { PeerConnection, type DataChannel, type IceServer } from "node-datachannel";

export interface RelayPeerArguments {
  role: "offerer" | "answerer";
  servers: IceServer[];
}

export type RelayPeerMessage =
  | { type: "description"; sdp: string; kind: "offer" | "answer" }
  | { type: "candidate"; candidate: string; mid: string }
  /** All candidates are found: how many. */
  | { type: "gathered"; candidates: number }
  | { type: "state"; state: string }
  /** What came through the channel, and through which kinds of candidates it came. */
  | { type: "heard"; text: string; local: string; remote: string };

const { role, servers } = JSON.parse(process.argv[2] ?? "") as RelayPeerArguments;
const tell = (message: RelayPeerMessage): void => void process.send?.(message);

const peer = new PeerConnection(role, { iceServers: servers, iceTransportPolicy: "relay" });
let candidates = 0;
peer.onLocalDescription((sdp, kind) => tell({ type: "description", sdp, kind: kind as "offer" | "answer" }));
peer.onLocalCandidate((candidate, mid) => {
  candidates++;
  tell({ type: "candidate", candidate, mid });
});
peer.onGatheringStateChange((state) => {
  if (state === "complete") tell({ type: "gathered", candidates });
});
peer.onStateChange((state) => tell({ type: "state", state }));

const listen = (channel: DataChannel): void =>
  channel.onMessage((text) => {
    if (typeof text !== "string") return;
    const pair = peer.getSelectedCandidatePair();
    const [local, remote] = [pair?.local.type ?? "none", pair?.remote.type ?? "none"];
    tell({ type: "heard", text, local, remote });
    if (role === "answerer") channel.sendMessage("and hello to you");
  });

let channel: DataChannel | undefined; // held, or it would be collected
if (role === "offerer") {
  const opened = peer.createDataChannel("probe");
  opened.onOpen(() => opened.sendMessage("hello"));
  listen(opened);
  channel = opened;
} else {
  peer.onDataChannel((opened) => {
    channel = opened;
    listen(opened);
  });
}

process.on("message", (message: RelayPeerMessage) => {
  if (message.type === "description") peer.setRemoteDescription(message.sdp, message.kind);
  if (message.type === "candidate") peer.addRemoteCandidate(message.candidate, message.mid);
});
process.on("disconnect", () => {
  channel?.close();
  process.exit(0);
});
