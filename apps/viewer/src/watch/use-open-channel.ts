// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { planck, type Planck, type StreamDetail } from "@tickstream/contracts-types";
import { resumableRest } from "@tickstream/sdk";
import { useClient, useWallet } from "@tickstream/ui";

/** What an earlier visit, that was left without being stopped, left to pay with: it goes on without a signature. */
export function useOpenChannel(stream: StreamDetail, options: { refresh: boolean }): Planck {
  const client = useClient();
  const { account } = useWallet();
  const owner = account?.address;
  const { data } = useQuery({
    queryKey: ["open-channel", stream.id, String(stream.rate), owner],
    queryFn: () => resumableRest({ client, stream, owner }),
    enabled: options.refresh,
    staleTime: 0,
  });
  return data ?? planck(0n);
}
