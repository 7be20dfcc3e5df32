// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import {
  bytesToHex,
  planck,
  type NodeInfo,
  type Planck,
  type StreamDetail,
} from "@tickstream/contracts-types";
import { useClient } from "@tickstream/ui";

/**
 * What an earlier visit left in a channel of this device that the stream can still be paid from: it was left without being
 * stopped, so it goes on without a signature. Asks nobody but this browser's own books.
 */
export function useOpenChannel(stream: StreamDetail, node: NodeInfo, options: { refresh: boolean }): Planck {
  const client = useClient();
  const { data } = useQuery({
    queryKey: ["open-channel", stream.id, String(stream.rate)],
    queryFn: async () => {
      const store = await client.store();
      const known = (await store.channels(bytesToHex(node.genesisHash)))
        .filter(({ state }) => state === "open" || state === "offered")
        .filter(
          ({ commitment }) => String(commitment.stream) === stream.id && commitment.rate <= stream.rate,
        );
      let most = 0n;
      for (const { channel, commitment, progress } of known) {
        // Another window pays with it this very moment.
        const lock = await store.tryLock(`channel-${channel}`);
        if (lock === null) continue;
        await lock.release();
        const rest = commitment.rate * BigInt(commitment.maxTicks - progress.n);
        if (rest > most) most = rest;
      }
      return planck(most);
    },
    enabled: options.refresh,
    staleTime: 0,
  });
  return data ?? planck(0n);
}
