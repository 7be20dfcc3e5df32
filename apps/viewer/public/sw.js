// SPDX-License-Identifier: Apache-2.0
// The offline shell of both apps: their pages and the files they are made of, so that they start without a network and say so.
// Nothing that lives is ever kept: no API, no media, no keys. Files under assets/ have their content's hash in their name and
// are right for ever; the page is asked for anew and only taken from here where the node can't be reached.
"use strict";

const SHELL = "tickstream-shell-2";
const ASSETS = "tickstream-assets-1";
const MAX_ASSETS = 150;
/** The viewer's page, and the creator's: every address of an app is the same page. */
const PAGE = "/";
const STUDIO_PAGE = "/studio/";
const KEPT_WITH_PAGE = [PAGE, "/favicon.svg", "/manifest.webmanifest"];
/** What the node answers itself. */
const NOT_OURS =
  /^\/(api|live|pay|signal|whip|whep|health|metrics|dev-wallet|embed|element|pictures)(\/|\.|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((cache) =>
        Promise.all([
          cache.addAll(KEPT_WITH_PAGE),
          // A node may serve the viewers' app alone.
          cache.add(STUDIO_PAGE).catch(() => undefined),
        ]),
      )
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
  if (request.mode === "navigate") event.respondWith(freshPage(request, pageOf(url)));
  else if (isAsset(url)) event.respondWith(keptAsset(request));
  else if (KEPT_WITH_PAGE.includes(url.pathname)) event.respondWith(freshFile(request));
});

// What the page of a first visit is made of has not passed through here: it says what that was.
self.addEventListener("message", (event) => {
  const { keep } = event.data;
  const assets = keep
    .map((url) => new URL(url))
    .filter(isAsset)
    .slice(0, MAX_ASSETS);
  event.waitUntil(Promise.allSettled(assets.map((url) => keptAsset(new Request(url)))));
});

function isAsset({ origin, pathname }) {
  return origin === self.location.origin && /^\/(studio\/)?assets\//.test(pathname);
}

function pageOf({ pathname }) {
  return pathname === "/studio" || pathname.startsWith(STUDIO_PAGE) ? STUDIO_PAGE : PAGE;
}

async function freshPage(request, page) {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(page, response.clone());
    return response;
  } catch {
    return (await cache.match(page)) ?? Response.error();
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
