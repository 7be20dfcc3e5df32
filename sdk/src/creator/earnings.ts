// SPDX-License-Identifier: Apache-2.0
import {
  earnings as earningsBody,
  earningsEvents as earningsEventsBody,
  type Earnings,
  type EarningsCsvQuery,
  type EarningsEvents,
  type EarningsEventsQuery,
  type EarningsQuery,
} from "@tickstream/contracts-types";
import type { TickstreamClient } from "../client.ts";
import { SdkError } from "../errors.ts";
import { queryString } from "../rest.ts";
import type { CreatorLogin } from "./login.ts";

interface EarningsOptions {
  client: TickstreamClient;
  login: CreatorLogin;
  signal?: AbortSignal | undefined;
}

/** What final blocks say was earned, by day, stream or payee, and what is still on its way there. */
export function earnings(options: EarningsOptions & { query?: EarningsQuery }): Promise<Earnings> {
  const { client, login, query = {}, signal } = options;
  const path = `/api/earnings${queryString(query)}`;
  return client.rest.get(path, earningsBody, { token: login.token, signal });
}

/** Each event that moved money, the newest first, with where it stands on the chain. */
export function earningsEvents(
  options: EarningsOptions & { query?: EarningsEventsQuery },
): Promise<EarningsEvents> {
  const { client, login, query = {}, signal } = options;
  const path = `/api/earnings/events${queryString(query)}`;
  return client.rest.get(path, earningsEventsBody, { token: login.token, signal });
}

const CSV_TIMEOUT_MS = 60_000;

/** The same events as a CSV file, to be saved. */
export async function earningsCsv(options: EarningsOptions & { query?: EarningsCsvQuery }): Promise<Blob> {
  const { client, login, query = {}, signal } = options;
  const timeout = AbortSignal.timeout(CSV_TIMEOUT_MS);
  let response: Response;
  try {
    response = await client.fetch(new URL(`/api/earnings.csv${queryString(query)}`, client.node).href, {
      headers: { authorization: `Bearer ${login.token}` },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (response.ok) return await response.blob();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new SdkError("node-unreachable", "The node cannot be reached.", { cause });
  }
  throw new SdkError("request-refused", "The node refused to write the file.", {
    details: `status ${response.status}`,
  });
}
