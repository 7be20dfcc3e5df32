// SPDX-License-Identifier: Apache-2.0
import type { PlaybackSource } from "./playback.ts";
import type { Player, PlayerOptions, PlayerSource } from "./player.ts";
import { LivePlayer } from "./live-player.ts";

/**
 * Plays a stream: by LL-HLS, or by WebRTC where the lowest latency is wanted and the network bears it. hls.js and the
 * WebRTC part are loaded here, when they are needed.
 *
 * @example
 * const player = await createPlayer({ video, session });
 * player.on("state", (state) => state.name === "blocked" && show(state.error.shortMessage));
 * @throws SdkError `player-unsupported` where the browser can play neither way
 */
export async function createPlayer(options: PlayerOptions): Promise<Player> {
  const { video, autoplay = true, transport = "auto", latency = "low" } = options;
  const player = new LivePlayer({
    video,
    source: await resolveSource(options),
    autoplay,
    transport,
    latency,
    hasWebRtc: typeof RTCPeerConnection === "function",
    playbacks: {
      hls: async (playback) => (await import("./hls/hls-playback.ts")).createHlsPlayback(playback),
      webrtc: async ({ host, ...playback }) => {
        const { createWebRtcPlayback } = await import("./webrtc/webrtc-playback.ts");
        const ready = () => {
          host.ready();
          // The way out is at hand before it is needed: the node may be away then, and its code with it.
          void loadHls().catch(() => undefined);
        };
        return createWebRtcPlayback({ ...playback, host: { ...host, ready }, fetch: options.fetch });
      },
    },
  });
  try {
    await player.open();
    return player;
  } catch (error) {
    await player.dispose();
    throw error;
  }
}

async function loadHls(): Promise<void> {
  await (await import("./hls/hls-playback.ts")).preloadHls();
}

async function resolveSource(source: PlayerSource): Promise<PlaybackSource> {
  if ("session" in source) {
    const { session } = source;
    return { session, playlistUrl: session.playlistUrl, whepUrl: session.whepUrl };
  }
  if ("client" in source) {
    const { client } = source;
    const stream = typeof source.stream === "string" ? await client.stream(source.stream) : source.stream;
    return { session: null, playlistUrl: client.playlistUrl(stream), whepUrl: client.whepUrl(stream) };
  }
  return { session: null, playlistUrl: source.playlistUrl, whepUrl: source.whepUrl ?? null };
}
