// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import path from "node:path";
import express, { Router, type RequestHandler, type Response } from "express";

export interface WebAppOptions {
  /** Folders of what was built: the viewer's app for `/`, the creator's for `/studio/`, the web component. */
  appsDir?: string;
  studioDir?: string;
  elementDir?: string;
  /** Development only: the wallet that takes an extension's place. */
  devWalletDir?: string;
  /** The chain's WebSocket address for browsers. */
  chainUrl: string;
}

/** Devices that a page of ours may ask for; nothing else needs any. */
const PERMISSIONS =
  "camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=(), payment=()";
/** `Host` goes into a header of ours: no more than a name, an address and a port. */
const HOST = /^[A-Za-z0-9.-]+(?::[0-9]{1,5})?$|^\[[0-9a-fA-F:]+\](?::[0-9]{1,5})?$/;
const DEV_WALLET = '<script type="module" src="/dev-wallet/inject.js"></script>';

/**
 * The built web apps: files with a hash in their name for ever, the pages always fresh, and an app's page for every
 * path below it that is no file. Pages may run their own scripts only, and reach this node and its chain only.
 */
export function webApp(options: WebAppOptions): Router {
  const { appsDir, studioDir, elementDir, devWalletDir } = options;
  const router = Router();
  const page = pageSender(options);

  router.use((_request, response, next) => {
    // Nothing here is anybody's secret, and other sites load the web component and the pictures.
    response.set("access-control-allow-origin", "*");
    next();
  });
  if (devWalletDir !== undefined) router.use("/dev-wallet", files(devWalletDir), nothing);
  else router.use("/dev-wallet", nothing);
  if (elementDir !== undefined) {
    router.get("/embed.js", (_request, response) => {
      response.set("cache-control", "no-cache").sendFile(path.resolve(elementDir, "embed.js"));
    });
    router.use("/element", files(path.join(elementDir, "element")), nothing);
  }
  if (studioDir !== undefined) {
    router.get("/studio", (request, response, next) => {
      // Express takes both forms for the same.
      if (request.path === "/studio") response.redirect(308, "/studio/");
      else next();
    });
    router.use("/studio/assets", assets(studioDir), nothing);
    router.use("/studio", files(studioDir));
    router.get("/studio/{*path}", page(studioDir));
  }
  if (appsDir !== undefined) {
    router.use("/assets", assets(appsDir), nothing);
    router.use(files(appsDir));
    router.get("/{*path}", page(appsDir));
  }
  return router;
}

/** Names have a hash of what is in them. */
function assets(folder: string): RequestHandler {
  return express.static(path.resolve(folder, "assets"), { immutable: true, maxAge: "365d" });
}

/** Everything else, but not the page, which goes out by {@link pageSender}. */
function files(folder: string): RequestHandler {
  const serve = express.static(path.resolve(folder), { maxAge: 0, index: false, redirect: false });
  return (request, response, next) =>
    request.path === "/index.html" ? next() : serve(request, response, next);
}

const nothing: RequestHandler = (_request, response) => {
  response.status(404).end();
};

function pageSender(options: WebAppOptions): (folder: string) => RequestHandler {
  const chainOrigin = new URL(options.chainUrl).origin;
  return (folder) => async (request, response, next) => {
    const isFile = path.extname(request.path) !== "" && !request.path.endsWith("/index.html");
    if (isFile || request.path.startsWith("/api/")) return next();
    const html = await readFile(path.resolve(folder, "index.html"), "utf8");
    setPolicies(response, {
      connect: [...socketsOf(request.headers.host), chainOrigin],
      framedByAnyone: request.path.startsWith("/embed/"),
    });
    response.set("cache-control", "no-cache").type("html");
    // First of all scripts, as an extension's would be.
    response.send(
      options.devWalletDir === undefined
        ? html
        : html.replace(/<head[^>]*>/i, (head) => `${head}${DEV_WALLET}`),
    );
  };
}

/** `'self'` does not cover WebSockets in every browser. */
function socketsOf(host: string | undefined): string[] {
  return host !== undefined && HOST.test(host) ? [`ws://${host}`, `wss://${host}`] : [];
}

function setPolicies(response: Response, page: { connect: string[]; framedByAnyone: boolean }): void {
  response.set({
    "content-security-policy": [
      "default-src 'none'",
      // The chain's cryptography is WebAssembly.
      "script-src 'self' 'wasm-unsafe-eval'",
      // hls.js makes its worker of a blob.
      "worker-src 'self' blob:",
      // The component kit sets sizes and colours on elements.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "media-src 'self' blob:",
      "font-src 'self' data:",
      "manifest-src 'self'",
      "frame-src 'self'",
      `connect-src 'self' ${page.connect.join(" ")}`,
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${page.framedByAnyone ? "*" : "'self'"}`,
    ].join("; "),
    "permissions-policy": PERMISSIONS,
  });
}
