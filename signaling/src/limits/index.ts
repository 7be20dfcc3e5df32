// SPDX-License-Identifier: Apache-2.0
// What bounds the peers of a public socket or API.
export { AddressRates } from "./address-rates.ts";
export { networkAddress } from "./network-address.ts";
export { RecentMap } from "./recent-map.ts";
export { TokenBucket } from "./token-bucket.ts";
