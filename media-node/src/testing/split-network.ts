// SPDX-License-Identifier: Apache-2.0
// Two networks that cannot reach each other, and a machine between them that stands in both and forwards nothing.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { findProgram } from "@tickstream/signaling/testing";

const run = promisify(execFile);

export interface SplitNetwork {
  /** Namespaces, to run programs in. */
  readonly left: string;
  readonly right: string;
  readonly between: string;
  /** The machine's address in each network. */
  readonly leftGate: string;
  readonly rightGate: string;
  /** A command line that runs a program in a namespace. */
  inside(namespace: string, program: string, ...args: string[]): [command: string, args: string[]];
  remove(): Promise<void>;
}

/** Needs `ip` and the right to make network namespaces: see {@link splitNetworkImpossible}. */
export async function splitNetwork(): Promise<SplitNetwork> {
  const ip = findSystemProgram("ip") ?? "ip";
  const id = randomBytes(3).toString("hex");
  const [left, right, between] = ["left", "right", "between"].map((name) => `tickstream-${id}-${name}`) as [
    string,
    string,
    string,
  ];
  const remove = async (): Promise<void> => {
    for (const name of [left, right, between]) await run(ip, ["netns", "del", name]).catch(() => undefined);
  };
  try {
    for (const name of [left, right, between]) {
      await run(ip, ["netns", "add", name]);
      await run(ip, ["-n", name, "link", "set", "lo", "up"]);
    }
    await run(ip, ["netns", "exec", between, "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward"]);
    for (const [name, net] of [
      [left, 1],
      [right, 2],
    ] as const) {
      const [outer, inner] = [`t${id}o${net}`, `t${id}i${net}`];
      await run(ip, ["-n", between, "link", "add", outer, "type", "veth", "peer", inner, "netns", name]);
      await run(ip, ["-n", between, "address", "add", `10.231.${net}.1/24`, "dev", outer]);
      await run(ip, ["-n", name, "address", "add", `10.231.${net}.2/24`, "dev", inner]);
      await run(ip, ["-n", between, "link", "set", outer, "up"]);
      await run(ip, ["-n", name, "link", "set", inner, "up"]);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    left,
    right,
    between,
    leftGate: "10.231.1.1",
    rightGate: "10.231.2.1",
    remove,
    inside: (namespace, program, ...args) => [ip, ["netns", "exec", namespace, program, ...args]],
  };
}

/** Why such networks cannot be made here; undefined where they can. */
export function splitNetworkImpossible(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "network namespaces need root on Linux";
  return findSystemProgram("ip") === undefined ? "there is no `ip` (iproute2) on PATH" : undefined;
}

/** A program on PATH, or in the folders that only root has there. */
export function findSystemProgram(name: string): string | undefined {
  return findProgram([name], ["/usr/sbin", "/sbin"]);
}
