// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "react";

/** Names the page: in the browser's tab, and to a screen reader when it changes. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Tickstream` : "Tickstream";
    const announcer = document.getElementById("page-announcer");
    if (announcer && title) announcer.textContent = title;
  }, [title]);
}
