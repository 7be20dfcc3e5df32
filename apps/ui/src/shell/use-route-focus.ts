// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** A new page begins at its top, for the eye and for the keyboard, as a page that was loaded would. */
export function useRouteFocus(): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [pathname]);
}
