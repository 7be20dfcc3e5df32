// SPDX-License-Identifier: Apache-2.0

/** The offline shell, where a build has one and the page is its own, not in another site's frame. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator) || window.top !== window.self) return;
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch((cause: unknown) => {
    // The site works without: only its shell is gone when there is no network.
    console.warn("No offline shell:", cause);
  });
}
