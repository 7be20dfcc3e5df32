// SPDX-License-Identifier: Apache-2.0
import path from "node:path";
import express, { Router } from "express";

/** What a page of ours may load and reach: itself, wasm, workers of its own, and any chain or node by WebSocket. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self' data:",
  "connect-src 'self' http: https: ws: wss:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

/**
 * The built web app: files with a hash in their name for ever, the page itself always fresh, and the page
 * for every path that is not a file.
 *
 * @param dev whether the development wallet is served
 */
export function webApp(folder: string, dev: boolean): Router {
  const router = Router();
  const root = path.resolve(folder);
  router.use((request, response, next) => {
    response.set("content-security-policy", CONTENT_SECURITY_POLICY);
    if (dev || !request.path.startsWith("/dev-wallet/")) next();
    else response.status(404).end();
  });
  router.use(
    "/assets",
    express.static(path.join(root, "assets"), { immutable: true, maxAge: "365d", fallthrough: false }),
  );
  router.use(express.static(root, { maxAge: 0, index: "index.html" }));
  router.get("/{*path}", (request, response, next) => {
    if (request.path.startsWith("/api/") || path.extname(request.path) !== "") return next();
    response.set("cache-control", "no-cache").sendFile(path.join(root, "index.html"));
  });
  return router;
}
