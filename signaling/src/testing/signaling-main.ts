// SPDX-License-Identifier: Apache-2.0
// A server in a process of its own, so that it can be killed: `node signaling-main.ts <redis-url> <share-ttl-ms>`. Prints its URL.
import { startSignaling } from "./start-signaling.ts";

const [redisUrl, shareTtlMs] = process.argv.slice(2);
const { url, server } = await startSignaling({ redisUrl, shareTtlMs: Number(shareTtlMs) });
server.localPeer("7", { received: () => {}, closed: () => {} });
console.log(url);
