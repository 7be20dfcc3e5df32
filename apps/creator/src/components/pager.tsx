// SPDX-License-Identifier: Apache-2.0
import { Button, Group } from "@mantine/core";
import { useT } from "@tickstream/ui";
import { useState } from "react";

/** Where somebody is in a list that is asked for page by page. */
export interface Pages {
  /** Where the page begins; the first begins nowhere. */
  readonly cursor: string | undefined;
  readonly isFirst: boolean;
  toOlder(next: string): void;
  toNewer(): void;
  toFirst(): void;
}

/** The pages of one list, by the cursors that the node gave. */
export function usePages(): Pages {
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  return {
    cursor: cursors.at(-1),
    isFirst: cursors.length < 2,
    toOlder: (next) => setCursors([...cursors, next]),
    toNewer: () => setCursors(cursors.slice(0, -1)),
    toFirst: () => setCursors([undefined]),
  };
}

/** Newer and older; nothing where all is on one page. */
export function Pager({ pages, next }: { pages: Pages; next: string | null }) {
  const t = useT();
  if (pages.isFirst && next === null) return null;
  return (
    <Group mt="sm" gap="sm">
      <Button variant="default" size="xs" disabled={pages.isFirst} onClick={() => pages.toNewer()}>
        {t("creator.newer")}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={next === null}
        onClick={() => next !== null && pages.toOlder(next)}
      >
        {t("creator.older")}
      </Button>
    </Group>
  );
}
