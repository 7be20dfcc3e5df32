// SPDX-License-Identifier: Apache-2.0
import { Keyring } from "@polkadot/keyring";
import type { KeyringPair } from "@polkadot/keyring/types";
import { accountId } from "@tickstream/contracts-types";
import { pino } from "pino";
import type { NodeConfigInput } from "../config/config.ts";
import { parseConfig } from "../config/load-config.ts";
import { assembleMediaNode, type MediaNode } from "../media-node.ts";
import { OPERATOR } from "./chain-double.ts";
import { NodeChainDouble } from "./node-chain-double.ts";
import { STREAM } from "./viewer.ts";

/** An answer of the API; what is in it is checked field by field. */
interface ApiAnswer {
  status: number;
  headers: Headers;
  body: any; // oxlint-disable-line typescript/no-explicit-any
}

/** A node on a double of the chain, with all else real, and what a client of its API does. */
export interface ApiNode {
  readonly node: MediaNode;
  readonly chain: NodeChainDouble;
  readonly url: string;
  /** @param init.raw a body that is sent as it is */
  call(
    route: string,
    init?: { method?: string; body?: unknown; raw?: string; token?: string },
  ): Promise<ApiAnswer>;
  /** The login of a development account. */
  login(uri: string): Promise<string>;
  /** Alice's stream 7; resolves with her login and the key to publish with. */
  createPaid(text?: object): Promise<{ token: string; streamKey: string }>;
  stop(): Promise<void>;
}

const keyring = new Keyring({ type: "sr25519" });

export function pair(uri: string): KeyringPair {
  return keyring.addFromUri(uri);
}

/** @param chain the one of a node before */
export async function startApiNode(
  databaseUrl: string,
  config: Partial<NodeConfigInput> = {},
  chain = chainWithStream(),
): Promise<ApiNode> {
  const node = await assembleMediaNode({
    config: parseConfig({
      databaseUrl,
      chainUrl: "ws://127.0.0.1:1",
      host: "127.0.0.1",
      httpPort: 0,
      rtmpPort: 0,
      creditTicks: 100,
      creditLimit: "1000000",
      ...config,
    }),
    chain,
    operator: OPERATOR,
    log: pino({ level: "silent" }),
    onFatal: (error) => {
      throw error;
    },
  });
  const url = `http://127.0.0.1:${node.httpPort}`;
  const call: ApiNode["call"] = async (route, { method, body, raw, token } = {}) => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${url}${route}`, {
      method: method ?? (payload === undefined ? "GET" : "POST"),
      redirect: "manual",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const isJson = response.headers.get("content-type")?.includes("json");
    const read = isJson ? await response.json() : Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: read };
  };
  const login: ApiNode["login"] = async (uri) => {
    const wallet = pair(uri);
    const { address } = wallet;
    const { challenge } = (await call("/api/auth/challenge", { body: { address } })).body;
    const signature = `0x${Buffer.from(wallet.sign(`<Bytes>${challenge}</Bytes>`)).toString("hex")}`;
    return (await call("/api/auth/login", { body: { address, challenge, signature } })).body.token;
  };
  return {
    node,
    chain,
    url,
    call,
    login,
    async createPaid(text = {}) {
      const token = await login("//Alice");
      const { body } = await call("/api/streams", {
        token,
        body: { title: "Live", chainStream: STREAM.toString(), ...text },
      });
      return { token, streamKey: body.streamKey };
    },
    stop: () => node.stop(),
  };
}

/** Alice's stream 7 is on it. */
function chainWithStream(): NodeChainDouble {
  const chain = new NodeChainDouble();
  chain.setTerms(STREAM, { creator: accountId(pair("//Alice").publicKey) });
  return chain;
}
