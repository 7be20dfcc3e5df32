// SPDX-License-Identifier: Apache-2.0
import {
  accountId,
  hexToBytes,
  MAX_FOLLOWS,
  TickstreamError,
  type AccountId,
} from "@tickstream/contracts-types";
import { and, count, desc, eq } from "drizzle-orm";
import type { Database } from "../database/open-database.ts";
import { follows } from "../database/schema.ts";

/** An account follows as many as it may. Code `too-many-follows`. */
class FollowError extends TickstreamError {
  override readonly name = "FollowError";
}

/** Who follows whom, in PostgreSQL. */
export interface FollowStore {
  /** The newest first. */
  of(follower: AccountId): Promise<{ creator: AccountId; since: Date }[]>;
  /** Following twice is following once. @throws {@link FollowError} */
  add(follower: AccountId, creator: AccountId): Promise<void>;
  remove(follower: AccountId, creator: AccountId): Promise<void>;
  countFollowers(creator: AccountId): Promise<number>;
}

export function createFollowStore({ db }: Database): FollowStore {
  return {
    async of(follower) {
      const rows = await db
        .select({ creator: follows.creator, since: follows.since })
        .from(follows)
        .where(eq(follows.follower, accountBytes(follower)))
        .orderBy(desc(follows.since))
        .limit(MAX_FOLLOWS);
      return rows.map(({ creator, since }) => ({ creator: accountId(creator), since }));
    },
    async add(follower, creator) {
      await db.transaction(async (transaction) => {
        await transaction
          .insert(follows)
          .values({ follower: accountBytes(follower), creator: accountBytes(creator) })
          .onConflictDoNothing();
        // Counted afterwards, the new one among them. Several at once may pass together: the bound need not be exact.
        const [row] = await transaction
          .select({ count: count() })
          .from(follows)
          .where(eq(follows.follower, accountBytes(follower)));
        if ((row?.count ?? 0) > MAX_FOLLOWS) {
          throw new FollowError("too-many-follows", `An account can follow ${MAX_FOLLOWS} creators here.`);
        }
      });
    },
    async remove(follower, creator) {
      await db
        .delete(follows)
        .where(and(eq(follows.follower, accountBytes(follower)), eq(follows.creator, accountBytes(creator))));
    },
    async countFollowers(creator) {
      const [row] = await db
        .select({ count: count() })
        .from(follows)
        .where(eq(follows.creator, accountBytes(creator)));
      return row?.count ?? 0;
    },
  };
}

function accountBytes(account: AccountId): Buffer {
  return Buffer.from(hexToBytes(account, 32));
}
