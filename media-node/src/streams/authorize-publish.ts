// SPDX-License-Identifier: Apache-2.0
import type { AccountId } from "@tickstream/contracts-types";
import { ApiFailure } from "../api/api-failure.ts";
import { isDatabaseFailure } from "../database/failures.ts";
import type { AuthorizePublish, PublishDecision } from "../ingest/publish-decision.ts";
import type { CarriedStream, StreamRegistry } from "./stream-registry.ts";
import type { StreamStore } from "./stream-store.ts";

/** Of `rtmp://host:1935/live`. */
const APP = "live";
const MAX_KEY_LENGTH = 128;

/** What the decision needs of the node. */
export interface PublishAuthority {
  store: Pick<StreamStore, "byKey">;
  registry: Pick<StreamRegistry, "get">;
  /** Whose token of `POST /api/auth/login` it is. @throws ApiFailure */
  accountOfToken: (token: string) => AccountId;
}

/**
 * Whether somebody may publish, and to which stream: the stream key says both. Where the stream is named besides, a login of its
 * creator's will do.
 */
export function authorizePublish({ store, registry, accountOfToken }: PublishAuthority): AuthorizePublish {
  const byKey = async (key: string): Promise<CarriedStream | undefined> => {
    const record = await store.byKey(key);
    return record ? registry.get(record.id) : undefined;
  };
  const byLogin = (token: string, id: string): CarriedStream | undefined => {
    const carried = registry.get(id);
    return carried?.record.creator === accountOfToken(token) ? carried : undefined;
  };

  return async ({ app = APP, key, stream }) => {
    if (app !== APP) return { ok: false, reason: `The application is called "${APP}".` };
    if (key.length > MAX_KEY_LENGTH) return unknownKey;
    try {
      const carried = (await byKey(key)) ?? (stream === undefined ? undefined : byLogin(key, stream));
      return carried ? { ok: true, stream: carried.live } : unknownKey;
    } catch (error) {
      if (error instanceof ApiFailure) return noLogin(error);
      if (!isDatabaseFailure(error)) throw error;
      return { ok: false, later: true, reason: "The node is recovering: try again in a moment." };
    }
  };
}

const unknownKey: PublishDecision = { ok: false, reason: "There is no stream with this key." };

/** What is no login either was meant for a key. */
function noLogin({ code, shortMessage }: ApiFailure): PublishDecision {
  return code === "token-expired" ? { ok: false, reason: shortMessage } : unknownKey;
}
