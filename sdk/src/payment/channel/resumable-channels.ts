// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  fromSs58,
  planck,
  streamId,
  type AccountId,
  type Hex,
  type Planck,
  type StreamDetail,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../../client.ts";
import type { ChannelRecord, SessionStore } from "../session-store.ts";
import { isChannelFree } from "./channel-lock.ts";

/** Which channels a session may go on with. */
export interface ResumableChannelsQuery {
  genesisHash: Hex;
  stream: Pick<StreamDetail, "id" | "operator">;
  /** Of this tab only. */
  tab?: bigint | undefined;
  /** Of this account's tabs only. */
  owner?: AccountId | undefined;
  /** At this rate or a lower one. */
  rate?: Planck | undefined;
}

/** The channels of this device that can still pay the stream to its node, whether or not another page pays with them now. */
export async function resumableChannels(
  store: Pick<SessionStore, "channels" | "tabs">,
  { genesisHash, stream, tab, owner, rate }: ResumableChannelsQuery,
): Promise<ChannelRecord[]> {
  const id = streamId(stream.id);
  const operator = fromSs58(stream.operator);
  const [channels, tabs] = await Promise.all([store.channels(genesisHash), store.tabs(genesisHash)]);
  const owned = new Set(tabs.filter((known) => known.owner === owner).map((known) => known.tab));
  return channels.filter(
    ({ state, commitment, progress, ...channel }) =>
      channel.stream === id &&
      channel.operator === operator &&
      (state === "open" || state === "offered") &&
      (tab === undefined || commitment.tab === tab) &&
      (owner === undefined || owned.has(commitment.tab)) &&
      (rate === undefined || commitment.rate <= rate) &&
      progress.n < commitment.maxTicks,
  );
}

/**
 * What an earlier session left in a channel of this device: a new one at the stream's rate goes on with it, without a
 * signature and without another opening fee. Asks nobody but the device's own store.
 *
 * @param options.owner SS58 address: only what this account put there
 * @returns plancks; of several channels the fullest one's, 0 where another page pays with each
 */
export async function resumableRest(options: {
  client: Pick<TickstreamClient, "info" | "store">;
  stream: Pick<StreamDetail, "id" | "operator" | "rate">;
  owner?: string | undefined;
}): Promise<Planck> {
  const { client, stream, owner } = options;
  const [{ genesisHash }, store] = await Promise.all([client.info(), client.store()]);
  const channels = await resumableChannels(store, {
    genesisHash: bytesToHex(genesisHash),
    stream,
    rate: stream.rate,
    owner: owner === undefined ? undefined : fromSs58(owner),
  });
  let most = 0n;
  for (const { channel, commitment, progress } of channels) {
    const rest = commitment.rate * BigInt(commitment.maxTicks - progress.n);
    if (rest > most && (await isChannelFree(store, channel))) most = rest;
  }
  return planck(most);
}
