// SPDX-License-Identifier: Apache-2.0
import { isDatabaseFailure } from "../database/failures.ts";
import type { PublishDecision, PublishRequest } from "../ingest/rtmp-session.ts";
import type { StreamRegistry } from "./stream-registry.ts";
import type { StreamStore } from "./stream-store.ts";

/** Of `rtmp://host:1935/live`. */
const APP = "live";
const MAX_KEY_LENGTH = 128;

/** Whether somebody may publish, and to which stream: the stream key says both. */
export function authorizePublish(store: StreamStore, registry: StreamRegistry) {
  return async ({ app, key }: PublishRequest): Promise<PublishDecision> => {
    if (app !== APP) return { ok: false, reason: `The application is called "${APP}".` };
    if (key.length > MAX_KEY_LENGTH) return unknownKey;
    try {
      const record = await store.byKey(key);
      const carried = record && registry.get(record.id);
      return carried ? { ok: true, stream: carried.live } : unknownKey;
    } catch (error) {
      if (!isDatabaseFailure(error)) throw error;
      return { ok: false, later: true, reason: "The node is recovering: try again in a moment." };
    }
  };
}

const unknownKey: PublishDecision = { ok: false, reason: "There is no stream with this key." };
