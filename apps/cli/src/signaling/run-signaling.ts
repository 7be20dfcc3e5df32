// SPDX-License-Identifier: Apache-2.0
import { listenHttp } from "@tickstream/media-node/http-server";
import { createSignalingServer } from "@tickstream/signaling";
import { createLog } from "../terminal/create-log.ts";
import { runUntilStopped } from "../terminal/run-until-stopped.ts";
import { askNode } from "./ask-node.ts";

export interface SignalingOptions {
  host: string;
  port: number;
  node: string;
  redisUrl?: string;
  verbose: boolean;
}

/** Runs a signaling server without a media node in its process, until Ctrl-C or SIGTERM. */
export function runSignaling({ host, port, node, redisUrl, verbose }: SignalingOptions): Promise<void> {
  return runUntilStopped(async ({ terminal, start }) => {
    const { http } = await start("signaling", async () => {
      const signaling = createSignalingServer({
        authenticate: askNode(node),
        redisUrl,
        log: createLog(verbose ? "info" : "warn"),
      });
      try {
        const http = await listenHttp({
          host,
          port,
          handle(request, response) {
            if (request.url !== "/health") return response.writeHead(404).end();
            const { connections, rooms, sharing } = signaling.stats();
            const status = sharing === "lost" ? "degraded" : "ok";
            response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
            response.end(JSON.stringify({ status, connections, rooms, sharing }));
          },
          upgrades: {
            "/signal": (request, socket, head) => signaling.handleUpgrade(request, socket, head),
          },
        });
        const stop = async (): Promise<void> => {
          http.close();
          await signaling.stop();
          await http.stop();
        };
        return { http, stop };
      } catch (error) {
        await signaling.stop();
        throw error;
      }
    });
    terminal.step(
      `signaling at ws://${host}:${http.port}/signal, for the streams of ${node}; Ctrl-C stops it`,
    );
    if (redisUrl === undefined) terminal.warn("alone: without --redis-url its rooms are no other server's");
  });
}
