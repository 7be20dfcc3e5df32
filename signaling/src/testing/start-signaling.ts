// SPDX-License-Identifier: Apache-2.0
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Authenticate } from "../authenticate.ts";
import {
  createSignalingServer,
  type SignalingServer,
  type SignalingServerOptions,
} from "../create-signaling-server.ts";

/** A server on a free port. */
export interface TestSignaling {
  readonly server: SignalingServer;
  readonly port: number;
  readonly url: string;
  /** What was logged as a fault or warning. */
  readonly log: { level: "info" | "warn" | "error"; fields: object; message: string }[];
  stop(): Promise<void>;
}

/** Anybody may watch; who has the stream's key `key-<stream>` may publish. */
const keyHolders: Authenticate = async ({ stream, role, credential }) => {
  if (role === "viewer") return { ok: true };
  if (credential === undefined) return { ok: false, code: "credential-missing", message: "A key is needed." };
  return credential.kind === "stream-key" && credential.key === `key-${stream}`
    ? { ok: true }
    : { ok: false, code: "credential-invalid", message: "This is not the stream's key." };
};

/** Starts a server; rooms tell of their presence soon. */
export async function startSignaling(options: Partial<SignalingServerOptions> = {}): Promise<TestSignaling> {
  const log: TestSignaling["log"] = [];
  const write = (level: "info" | "warn" | "error") => (fields: object, message: string) =>
    void log.push({ level, fields, message });
  const server = createSignalingServer({
    authenticate: keyHolders,
    log: { info: write("info"), warn: write("warn"), error: write("error") },
    ...options,
    limits: { presenceIntervalMs: 20, ...options.limits },
  });
  const listener = http.createServer();
  listener.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    server.handleUpgrade(request, socket, head);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    server,
    port,
    url: `ws://127.0.0.1:${port}`,
    log,
    async stop() {
      await server.stop();
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
