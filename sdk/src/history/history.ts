// SPDX-License-Identifier: Apache-2.0
import type { TickstreamClient } from "../client.ts";
import type { WatchRecord } from "../payment/session-store.ts";

/** What was watched and paid on this device, at any node, the newest first. It never leaves the device. */
export async function listVisits({ client }: { client: TickstreamClient }): Promise<WatchRecord[]> {
  return (await client.store()).visits();
}

/** Forgets what was watched. Receipts stay: they prove what was paid. */
export async function forgetVisits({ client }: { client: TickstreamClient }): Promise<void> {
  await (await client.store()).forgetVisits();
}
