// SPDX-License-Identifier: Apache-2.0

/** The offline shell, where a build has one and the page is its own, not in another site's frame. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator) || window.top !== window.self) return;
  keepShell().catch((cause: unknown) => {
    // The site works without: only its shell is gone when there is no network.
    console.warn("No offline shell:", cause);
  });
}

async function keepShell(): Promise<void> {
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  // What was loaded before the worker ran has not passed through it.
  const keep = performance.getEntriesByType("resource").map(({ name }) => name);
  active?.postMessage({ keep }, { transfer: [] });
}
