// SPDX-License-Identifier: Apache-2.0
// The offline shell: the page itself and the files it is made of, so that the app starts without a network and says so.
// Nothing that lives is ever kept: no API, no media, no keys. Files under /assets have their content's hash in their name and
// are right for ever; the page is asked for anew and only taken from here where the node can't be reached.
"use strict";

const SHELL = "tickstream-shell-1";
const ASSETS = "tickstream-assets-1";
const MAX_ASSETS = 150;
const PAGE = "/";
const KEPT_WITH_PAGE = [PAGE, "/favicon.svg", "/manifest.webmanifest"];
/** What the node answers itself, and the other apps of this origin. */
const NOT_OURS =
  /^\/(api|live|pay|signal|whip|whep|health|metrics|studio|dev-wallet|embed|element|pictures)(\/|\.|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) => cache.addAll(KEPT_WITH_PAGE))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((name) => name !== SHELL && name !== ASSETS).map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(freshPage(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(keptAsset(request));
  else if (KEPT_WITH_PAGE.includes(url.pathname)) event.respondWith(freshFile(request));
});

/** Every address of the app is the same page. */
async function freshPage(request) {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(PAGE, response.clone());
    return response;
  } catch {
    return (await cache.match(PAGE)) ?? Response.error();
  }
}

async function freshFile(request) {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch {
    return (await cache.match(request)) ?? Response.error();
  }
}

async function keptAsset(request) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    const keys = await cache.keys();
    // The oldest first: those of builds that are gone.
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MAX_ASSETS)).map((key) => cache.delete(key)));
  }
  return response;
}
