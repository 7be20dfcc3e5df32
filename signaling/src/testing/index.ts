// SPDX-License-Identifier: Apache-2.0
export { findProgram } from "./find-program.ts";
export { findRedis, startRedis, type TestRedis } from "./start-redis.ts";
export { startSignaling, type TestSignaling } from "./start-signaling.ts";
export { TestPeer } from "./test-peer.ts";
