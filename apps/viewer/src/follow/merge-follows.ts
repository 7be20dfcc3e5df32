// SPDX-License-Identifier: Apache-2.0

/** What makes two lists of follows one. */
export interface MergedFollows {
  /** Whom both have then: this browser's first, in its order. */
  all: string[];
  /** Whom the node doesn't have yet. */
  add: string[];
  /** Whom the node still has. */
  remove: string[];
}

/**
 * Brings together whom this browser follows and whom the node has, by what both had when they were last brought together: who is
 * missing on one side since then was unfollowed there, and comes back by nobody's wish.
 */
export function mergeFollows(lists: {
  here: readonly string[];
  there: readonly string[];
  before: readonly string[];
}): MergedFollows {
  const { here, there, before } = lists;
  const stay = (creator: string, other: readonly string[]) =>
    other.includes(creator) || !before.includes(creator);
  const ofHere = here.filter((creator) => stay(creator, there));
  const onlyThere = there.filter((creator) => !here.includes(creator) && stay(creator, here));
  const all = [...ofHere, ...onlyThere];
  return {
    all,
    add: all.filter((creator) => !there.includes(creator)),
    remove: there.filter((creator) => !all.includes(creator)),
  };
}
