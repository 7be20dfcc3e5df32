// SPDX-License-Identifier: Apache-2.0
// What bounds the peers of a public socket or API.
export { networkAddress } from "./network-address.ts";
export { TokenBucket } from "./token-bucket.ts";
