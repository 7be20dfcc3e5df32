// SPDX-License-Identifier: Apache-2.0
import type { RtcConfig } from "node-datachannel";

/** How peers reach this node by UDP. */
export interface IceSettings {
  /** Ports that may be used; 0 and 0: any. */
  portMin: number;
  portMax: number;
  /** The address that the outside knows this machine by, where it stands behind a one-to-one NAT. */
  publicAddress?: string | undefined;
  /** Local address to use; all of them where left out. */
  bindAddress?: string | undefined;
}

/** What the node's own peer connections are made with. The node only ever answers: as offerer the library is unreliable. */
export function rtcConfig(settings: IceSettings): RtcConfig {
  const { portMin, portMax, bindAddress } = settings;
  return {
    iceServers: [],
    disableAutoNegotiation: true,
    enableIceTcp: false,
    ...(portMin === 0 ? {} : { portRangeBegin: portMin, portRangeEnd: Math.max(portMin, portMax) }),
    ...(bindAddress === undefined ? {} : { bindAddress }),
  };
}

/** A session description whose host candidates name the public address as well, and prefer it. */
export function withPublicAddress(sdp: string, publicAddress: string | undefined): string {
  if (publicAddress === undefined) return sdp;
  const family = (address: string): boolean => address.includes(":");
  const seen = new Set<string>();
  return sdp
    .split("\r\n")
    .flatMap((line) => {
      const found = /^a=candidate:(\S+) (\d+) (udp) (\d+) (\S+) (\d+) typ host(.*)$/i.exec(line);
      if (found === null) return [line];
      const [, , component, transport, priority, address = "", port, rest] = found;
      const key = `${component} ${port}`;
      if (family(address) !== family(publicAddress) || seen.has(key)) return [line];
      seen.add(key);
      const higher = Math.min(2 ** 31 - 1, Number(priority) + 1);
      return [
        `a=candidate:public ${component} ${transport} ${higher} ${publicAddress} ${port} typ host${rest}`,
        line,
      ];
    })
    .join("\r\n");
}
