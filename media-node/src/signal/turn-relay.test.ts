// SPDX-License-Identifier: Apache-2.0
// The credentials of GET /api/ice-servers at a real coturn, which is all that two networks have in common.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { IceServer } from "node-datachannel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RelayPeerArguments, RelayPeerMessage } from "../testing/relay-peer.ts";
import {
  findSystemProgram,
  splitNetwork,
  splitNetworkImpossible,
  type SplitNetwork,
} from "../testing/split-network.ts";
import { iceServers } from "./ice-servers.ts";
import { turnCredentials, type TurnCredentials } from "./turn-credentials.ts";

const SECRET = "north wind";
const turnserver = findSystemProgram("turnserver");
const impossible =
  splitNetworkImpossible() ?? (turnserver ? undefined : "there is no `turnserver` (coturn) on PATH");

describe.skipIf(impossible !== undefined)(
  `through a real TURN server${impossible ? ` (${impossible})` : ""}`,
  () => {
    let network: SplitNetwork;
    let folder: string;
    let coturn: ChildProcess;
    const peers: RelayPeer[] = [];

    beforeAll(async () => {
      network = await splitNetwork();
      folder = await mkdtemp(join(tmpdir(), "tickstream-coturn-"));
      coturn = await startCoturn(turnserver ?? "", network, folder);
    });
    afterAll(async () => {
      const ended = coturn && once(coturn, "exit");
      coturn?.kill("SIGKILL");
      await ended;
      await network?.remove();
      await rm(folder, { recursive: true, force: true });
    });
    afterEach(async () => {
      for (const peer of peers.splice(0)) await peer.stop();
    });

    const start = (where: string, role: "offerer" | "answerer", servers: IceServer[]): RelayPeer => {
      const peer = new RelayPeer(network, where, { role, servers });
      peers.push(peer);
      return peer;
    };
    /** How many ways in the TURN server gives to somebody who shows these credentials. */
    const relaysFor = async (credentials: TurnCredentials): Promise<number> => {
      const server = relay(network.leftGate, credentials.username, credentials.credential);
      const peer = start(network.left, "offerer", [server]);
      return (await peer.next("gathered")).candidates;
    };

    test("the two networks do not reach each other", async () => {
      const ping = promisify(execFile)("ip", [
        "netns",
        "exec",
        network.left,
        "ip",
        "route",
        "get",
        "10.231.2.2",
      ]);
      await expect(ping).rejects.toThrow(/unreachable/i);
    });

    test(
      "peers of both meet with what the node gives them, relayed at both ends",
      { timeout: 120_000 },
      async () => {
        const servers = (gate: string): IceServer[] => {
          const settings = {
            stunUrls: [],
            turnUrls: [`turn:${gate}:3478?transport=udp`],
            turnSecret: SECRET,
          };
          const [server] = iceServers({ ...settings, turnTtl: 60 }).iceServers;
          return [relay(gate, server?.username ?? "", server?.credential ?? "")];
        };
        const offerer = start(network.left, "offerer", servers(network.leftGate));
        const answerer = start(network.right, "answerer", servers(network.rightGate));
        offerer.talkTo(answerer);
        answerer.talkTo(offerer);
        expect(await answerer.next("heard")).toMatchObject({
          text: "hello",
          local: "relay",
          remote: "relay",
        });
        expect(await offerer.next("heard")).toMatchObject({ text: "and hello to you", local: "relay" });
      },
    );

    test(
      "good credentials open a relay; expired ones, and another secret's, do not",
      { timeout: 120_000 },
      async () => {
        expect(await relaysFor(turnCredentials({ secret: SECRET, ttlSeconds: 60 }))).toBe(1);
        const hourAgo = Date.now() - 3_600_000;
        expect(await relaysFor(turnCredentials({ secret: SECRET, ttlSeconds: 60, now: hourAgo }))).toBe(0);
        expect(await relaysFor(turnCredentials({ secret: "south wind", ttlSeconds: 60 }))).toBe(0);
        // A good user with its time moved on.
        const { credential, ...early } = turnCredentials({ secret: SECRET, ttlSeconds: 60, now: hourAgo });
        const later = turnCredentials({ secret: SECRET, ttlSeconds: 60 });
        expect(await relaysFor({ ...early, username: later.username, credential })).toBe(0);
      },
    );
  },
);

/** One end, in a network of its choice. */
class RelayPeer {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #inbox: RelayPeerMessage[] = [];
  #heard: () => void = () => {};
  #other: RelayPeer | undefined;

  constructor(network: SplitNetwork, namespace: string, options: RelayPeerArguments) {
    const program = fileURLToPath(new URL("../testing/relay-peer.ts", import.meta.url));
    const [command, args] = network.inside(namespace, process.execPath, program, JSON.stringify(options));
    this.#child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#exited = once(this.#child, "exit");
    this.#child.on("message", (message: RelayPeerMessage) => {
      this.#inbox.push(message);
      this.#forward();
      this.#heard();
    });
  }

  /** Signaling by hand: descriptions and candidates go to the other. */
  talkTo(other: RelayPeer): void {
    this.#other = other;
    this.#forward();
  }

  async next<T extends RelayPeerMessage["type"]>(type: T): Promise<Extract<RelayPeerMessage, { type: T }>> {
    const deadline = AbortSignal.timeout(60_000);
    for (;;) {
      const at = this.#inbox.findIndex((message) => message.type === type);
      if (at >= 0) return this.#inbox.splice(at, 1)[0] as Extract<RelayPeerMessage, { type: T }>;
      await new Promise<void>((resolve, reject) => {
        this.#heard = resolve;
        const giveUp = (): void => reject(new Error(`no ${type} came: ${JSON.stringify(this.#inbox)}`));
        deadline.addEventListener("abort", giveUp, { once: true });
      });
    }
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  #forward(): void {
    if (this.#other === undefined) return;
    for (const message of this.#inbox) {
      if (message.type === "description" || message.type === "candidate") this.#other.#child.send(message);
    }
    const rest = this.#inbox.filter(({ type }) => type !== "description" && type !== "candidate");
    this.#inbox.splice(0, this.#inbox.length, ...rest);
  }
}

const relay = (hostname: string, username: string, password: string): IceServer => ({
  hostname,
  port: 3478,
  username,
  password,
  relayType: "TurnUdp",
});

/** As an operator would run it, in the network between. */
async function startCoturn(program: string, network: SplitNetwork, folder: string): Promise<ChildProcess> {
  const { between, leftGate, rightGate } = network;
  // prettier-ignore
  const [command, args] = network.inside(
    between, program, "-n", "--realm", "tickstream.example",
    "--use-auth-secret", "--static-auth-secret", SECRET,
    "--listening-ip", leftGate, "--listening-ip", rightGate, "--relay-ip", leftGate, "--relay-ip", rightGate,
    "--listening-port", "3478", "--no-tls", "--no-dtls", "--no-cli",
    "--pidfile", join(folder, "pid"), "--userdb", join(folder, "users"), "--log-file", "stdout", "--verbose",
  );
  const coturn = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"], cwd: folder });
  const lines = createInterface({ input: coturn.stdout });
  await new Promise<void>((resolve, reject) => {
    const seen = new Set<string>();
    lines.on("line", (line) => {
      for (const gate of [leftGate, rightGate]) {
        if (line.includes("UDP") && line.includes("listener opened on") && line.includes(gate))
          seen.add(gate);
      }
      if (seen.size === 2) resolve();
    });
    coturn.once("exit", (code) => reject(new Error(`turnserver ended with ${code}`)));
  });
  return coturn;
}
