// SPDX-License-Identifier: Apache-2.0
// A publisher that does what OBS does (`plugins/obs-webrtc/whip-output.cpp`), on the library that OBS does it with, libdatachannel:
// the same two tracks, every candidate in the offer, one POST, and at the end a connection that is closed before it is
// deleted. ffmpeg makes the packets.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { loadNodeDatachannel } from "@tickstream/media-node/streaming";
import { ffmpegPath } from "./encoder.ts";
import { startProgram } from "../system/program.ts";

const AUDIO = { mid: "0", payloadType: 111, ssrc: 1_000 };
const VIDEO = { mid: "1", payloadType: 96, ssrc: 1_001 };

/** A running publisher. */
export interface ObsPublisher {
  readonly status: number;
  /** What the node called the session: OBS puts it behind the server's origin where it does not begin with `http`. */
  readonly location: string;
  /** Resolves when media may flow. */
  connected(): Promise<void>;
  /** Presses “Stop streaming”; resolves with the status of the DELETE, which is not sent for what never began. */
  stop(): Promise<number | undefined>;
}

export async function startObsPublisher(server: string, bearerToken: string): Promise<ObsPublisher> {
  const { Audio, PeerConnection, Video } = await loadNodeDatachannel();
  const peer = new PeerConnection("obs", { iceServers: [] });
  const connected = Promise.withResolvers<void>();
  connected.promise.catch(() => undefined);
  peer.onStateChange((state) => {
    if (state === "connected") connected.resolve();
    if (state === "failed") connected.reject(new Error("libdatachannel could not connect"));
  });

  const audio = new Audio(AUDIO.mid, "SendOnly");
  audio.addOpusCodec(AUDIO.payloadType);
  audio.addSSRC(AUDIO.ssrc, "obs", "obs", "obs-audio");
  const video = new Video(VIDEO.mid, "SendOnly");
  video.addSSRC(VIDEO.ssrc, "obs", "obs", "obs-video");
  video.addH264Codec(VIDEO.payloadType);
  const tracks = [peer.addTrack(audio), peer.addTrack(video)];
  const gathered = new Promise<void>((resolve) => {
    peer.onGatheringStateChange((state) => state === "complete" && resolve());
  });
  peer.setLocalDescription();
  await gathered;

  const authorization = `Bearer ${bearerToken}`;
  const response = await fetch(server, {
    method: "POST",
    headers: { "content-type": "application/sdp", authorization },
    body: peer.localDescription()?.sdp ?? "",
  });
  const answer = await response.text();
  const location = response.headers.get("location") ?? "";
  const accepted = response.status === 201;
  if (accepted) peer.setRemoteDescription(answer, "answer");
  const packets = !accepted
    ? undefined
    : await startPackets((kind, packet) => {
        const track = tracks[kind === "audio" ? 0 : 1];
        if (track?.isOpen() === true) track.sendMessageBinary(packet);
      });

  return {
    status: response.status,
    location,
    connected: () => connected.promise,
    stop: async () => {
      await packets?.stop();
      peer.close();
      if (!accepted) return undefined;
      const { status } = await fetch(new URL(location, server), {
        method: "DELETE",
        headers: { authorization },
      });
      return status;
    },
  };
}

/** Live H.264 and Opus in RTP, each at its own port of ours. */
async function startPackets(take: (kind: "audio" | "video", packet: Buffer) => void) {
  const open = async (kind: "audio" | "video") => {
    const socket = createSocket("udp4", (packet) => take(kind, packet));
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    const { port } = socket.address();
    // The muxer's own reports would go to the next port.
    return { socket, url: `rtp://127.0.0.1:${port}?rtcpport=${port}&pkt_size=1200` };
  };
  const [audio, video] = [await open("audio"), await open("video")];
  const encoder = startProgram(
    ffmpegPath(),
    // prettier-ignore
    [
      "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
      "-map", "0:v", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v", "high", "-bf", "0", "-g", "30",
      "-bsf:v", "dump_extra=freq=keyframe", "-payload_type", String(VIDEO.payloadType), "-ssrc", String(VIDEO.ssrc), "-f", "rtp", video.url,
      "-map", "1:a", "-c:a", "libopus", "-ac", "2", "-payload_type", String(AUDIO.payloadType), "-ssrc", String(AUDIO.ssrc), "-f", "rtp", audio.url,
    ],
  );
  return {
    stop: async () => {
      await encoder.stop("SIGKILL");
      for (const { socket } of [audio, video]) socket.close();
    },
  };
}
