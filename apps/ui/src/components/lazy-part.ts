// SPDX-License-Identifier: Apache-2.0
import { type ComponentType, lazy, type LazyExoticComponent } from "react";

const AGAIN_MS = 2_000;
/** What can't be had so often from a node that answers is of a build that is gone. */
const MAX_ANSWERED = 3;

/**
 * A page, or a part of one, whose code comes when somebody wants it. While the node is away it is waited for, as everything else
 * is: React itself would never ask again.
 */
export function lazyPart<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    for (let answered = 0; ;) {
      try {
        return await load();
      } catch (error) {
        if ((await nodeAnswers()) && ++answered >= MAX_ANSWERED) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  });
}

async function nodeAnswers(): Promise<boolean> {
  try {
    await fetch("/health", { signal: AbortSignal.timeout(AGAIN_MS) });
    return true;
  } catch {
    return false;
  }
}
