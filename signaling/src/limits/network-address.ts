// SPDX-License-Identifier: Apache-2.0

/**
 * What counts as one network address: an IPv4 address, or the /64 that an IPv6 customer is given
 * (who could otherwise be 2^64 visitors).
 */
export function networkAddress(remote: string | undefined): string {
  const address = (remote ?? "unknown").replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  const groups = address.includes("::") ? [...front, ...zeros, ...back] : front;
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
