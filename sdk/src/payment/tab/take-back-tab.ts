// SPDX-License-Identifier: Apache-2.0
import type { Planck } from "@tickstream/contracts-types";
import type { TickstreamClient } from "../../client.ts";
import { SdkError } from "../../errors.ts";
import type { TransactionOptions } from "../../wallet/follow-transaction.ts";
import { endChannel, listChannels, type ChannelSummary } from "../channel/channels.ts";
import { closeTab } from "./tabs.ts";

/** What came back of a tab, and what is still to come. */
export interface TakenBack {
  /** Plancks that came back at once. */
  returned: Planck;
  /** Channels that still lock something; each returns the rest by itself when it has ended. */
  locked: ChannelSummary[];
}

/**
 * Takes back what a tab has: closes it, by one signature, and asks for the end of its channels, by the device's session key.
 * A channel that a page is paying with goes on until the stream is left there.
 */
export async function takeBackTab(
  options: TransactionOptions & { client: TickstreamClient; tab: bigint },
): Promise<TakenBack> {
  const { client, tab, signal } = options;
  const returned = await closeTab(options);
  const ofTab = async () => (await listChannels({ client })).filter((channel) => channel.tab === tab);
  for (const { channel, hold, ours } of await ofTab()) {
    if (hold !== "open" || !ours) continue;
    try {
      await endChannel({ client, channel, signal });
    } catch (error) {
      // In use, or ended by the node meanwhile: the list below tells.
      if (!(error instanceof SdkError) || !["channel-in-use", "channel-unknown"].includes(error.code))
        throw error;
    }
  }
  return { returned, locked: await ofTab() };
}
