// SPDX-License-Identifier: Apache-2.0
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { HistoryState } from "@tickstream/contracts-types";
import type { SignalingStats } from "@tickstream/signaling";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { WhepStats } from "../egress/whep/whep-audience.ts";
import type { PayCounters } from "../pay/pay-connection.ts";

/** Where the figures of the moment come from. */
export interface MetricSources {
  connections(): number;
  channels(): number;
  streamsLive(): number;
  publishers(): number;
  commits(): { commits: number; rows: number };
  media(): { bytes: number; waiting: number; slowReaders: number };
  whep(): WhepStats;
  signaling(): SignalingStats;
  history(): HistoryState;
}

/** What Prometheus reads at `/metrics`. */
export interface NodeMetrics {
  readonly counters: PayCounters;
  scrape(): Promise<{ contentType: string; body: string }>;
  stop(): void;
}

export function createNodeMetrics(sources: MetricSources): NodeMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number): void => {
    const value: Gauge = new Gauge({
      name: `tickstream_${name}`,
      help,
      registers,
      collect: () => value.set(read()),
    });
  };
  // The library's own process metrics cannot be stopped, so these few are ours.
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  gauge(
    "event_loop_delay_p99_seconds",
    "How late the process was, 99th percentile since the last reading.",
    () => {
      const seconds = loop.percentile(99) / 1e9;
      loop.reset();
      return seconds;
    },
  );
  gauge("resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
  gauge("cpu_seconds", "CPU time of the process since its start.", () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  gauge("pay_connections", "Pay sockets that are open.", () => sources.connections());
  gauge("channels_live", "Channels that a socket uses.", () => sources.channels());
  gauge("streams_live", "Streams on air.", () => sources.streamsLive());
  gauge("rtmp_connections", "RTMP connections that are open.", () => sources.publishers());
  gauge("ledger_commits", "Group commits since the start.", () => sources.commits().commits);
  gauge("ledger_rows", "Channels stored by them.", () => sources.commits().rows);
  gauge("media_bytes", "Bytes of playlists and media sent since the start.", () => sources.media().bytes);
  gauge("media_waiting", "Media requests that are held until there is media.", () => sources.media().waiting);
  gauge(
    "media_slow_readers",
    "Readers cut off since the start because they were too slow.",
    () => sources.media().slowReaders,
  );
  gauge("signaling_connections", "Signaling sockets that are open.", () => sources.signaling().connections);
  gauge("signaling_rooms", "Rooms that somebody is in.", () => sources.signaling().rooms);
  gauge("signaling_refused", "Signaling requests refused since the start.", () =>
    Object.values(sources.signaling().refused).reduce((sum, count) => sum + count, 0),
  );
  gauge("signaling_sharing_lost", "1 while rooms should be shared through Redis and are not, else 0.", () =>
    sources.signaling().sharing === "lost" ? 1 : 0,
  );
  gauge("webrtc_viewers", "Viewers over WebRTC.", () => sources.whep().viewers);
  gauge("webrtc_packets", "RTP packets sent to viewers since the start.", () => sources.whep().packets);
  gauge("webrtc_bytes", "Bytes of media sent in them.", () => sources.whep().bytes);
  gauge(
    "webrtc_resent_packets",
    "RTP packets sent again, since viewers missed them.",
    () => sources.whep().resent,
  );
  gauge("webrtc_unsent_packets", "RTP packets that the network did not take.", () => sources.whep().unsent);
  gauge(
    "webrtc_unpaid_frames",
    "Frames that viewers over WebRTC were not sent since they had not bought them.",
    () => sources.whep().unpaid,
  );
  gauge(
    "webrtc_skipped_frames",
    "Frames that they were not sent for want of a keyframe, or of a network that carries them.",
    () => sources.whep().skipped,
  );
  gauge(
    "history_lag_blocks",
    "Final blocks whose payments are not in the database yet; not a number while the chain is out of reach.",
    () => {
      const { to, finalized } = sources.history();
      return finalized === null ? Number.NaN : Math.max(0, finalized - (to ?? 0));
    },
  );
  gauge("history_interrupted", "1 while the chain's payments cannot be read on.", () =>
    sources.history().state === "interrupted" ? 1 : 0,
  );
  const ticks = new Counter({ name: "tickstream_ticks_total", help: "Payments taken.", registers });
  const epochs = new Histogram({
    name: "tickstream_epochs_per_tick",
    help: "Keys handed out for one payment.",
    buckets: [0, 1, 2, 4, 8, 16, 64],
    registers,
  });
  const opened = new Counter({
    name: "tickstream_channels_accepted_total",
    help: "Commitments accepted.",
    registers,
  });
  const refused = new Counter({
    name: "tickstream_refused_total",
    help: "Requests on the pay socket that were refused.",
    labelNames: ["code"],
    registers,
  });
  return {
    counters: {
      tick(count) {
        ticks.inc();
        epochs.observe(count);
      },
      opened: () => opened.inc(),
      refused: (code) => refused.inc({ code }),
    },
    scrape: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
    stop: () => loop.disable(),
  };
}
