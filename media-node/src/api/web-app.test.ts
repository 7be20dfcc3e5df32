// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import express from "express";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { webApp, type WebAppOptions } from "./web-app.ts";

let folder: string;
let dirs: Required<Pick<WebAppOptions, "appsDir" | "studioDir" | "elementDir" | "devWalletDir">>;
let server: Server | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "tickstream-web-"));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  };
  await write(
    "viewer/index.html",
    '<!doctype html><html><head><title>Viewer</title></head><script src="/a"></script>',
  );
  await write("viewer/assets/app-1.js", "viewer");
  await write("viewer/sw.js", "worker");
  await write("studio/index.html", "<!doctype html><html><head><title>Studio</title></head></html>");
  await write("studio/assets/app-2.js", "studio");
  await write("sdk/embed.js", "embed");
  await write("sdk/element/chunk-1.js", "chunk");
  await write("wallet/inject.js", "wallet");
  const at = (name: string): string => path.join(folder, name);
  dirs = {
    appsDir: at("viewer"),
    studioDir: at("studio"),
    elementDir: at("sdk"),
    devWalletDir: at("wallet"),
  };
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
const serve = async (
  options: Partial<WebAppOptions> = {},
): Promise<(at: string, host?: string) => Promise<Answer>> => {
  const { devWalletDir: _, ...built } = dirs;
  const app = express().use(webApp({ ...built, chainUrl: "wss://chain.example:9944/rpc", ...options }));
  const started = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  server = started;
  const { port } = started.address() as AddressInfo;
  // fetch() would choose the Host header itself.
  return (at, host = `127.0.0.1:${port}`) =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: "127.0.0.1", path: at, headers: { host } }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      });
      asked.on("error", reject).end();
    });
};
const policyOf = ({ headers }: Answer): Record<string, string> =>
  Object.fromEntries(
    String(headers["content-security-policy"])
      .split("; ")
      .map((directive) => [
        directive.slice(0, directive.indexOf(" ")),
        directive.slice(directive.indexOf(" ") + 1),
      ]),
  );

describe("the web apps", () => {
  test("each has its own paths; what is no file is its page, and what is no page is not found", async () => {
    const get = await serve();
    for (const at of ["/", "/watch/7", "/embed/7", "/index.html"])
      expect((await get(at)).body, at).toContain("Viewer");
    for (const at of ["/studio/", "/studio/streams/7"]) expect((await get(at)).body, at).toContain("Studio");
    expect((await get("/studio")).headers.location).toBe("/studio/");
    expect((await get("/assets/app-1.js")).body).toBe("viewer");
    expect((await get("/studio/assets/app-2.js")).body).toBe("studio");
    for (const at of [
      "/assets/none.js",
      "/studio/assets/app-1.js",
      "/none.png",
      "/element/none.js",
      "/..%2fsdk%2fembed.js",
    ]) {
      expect((await get(at)).status, at).toBeGreaterThanOrEqual(400);
    }
  });

  test("files with a hash in their name may be kept for ever, pages and the worker not at all", async () => {
    const get = await serve();
    expect((await get("/assets/app-1.js")).headers["cache-control"]).toContain("immutable");
    expect((await get("/watch/7")).headers["cache-control"]).toBe("no-cache");
    expect((await get("/sw.js")).headers["cache-control"]).toContain("max-age=0");
    expect((await get("/embed.js")).headers["cache-control"]).toBe("no-cache");
  });

  test("pages run their own scripts and reach this node and its chain only", async () => {
    const get = await serve();
    const policy = policyOf(await get("/", "node.example:8080"));
    expect(policy).toMatchObject({
      "default-src": "'none'",
      "script-src": "'self' 'wasm-unsafe-eval'",
      "worker-src": "'self' blob:",
      "connect-src": "'self' ws://node.example:8080 wss://node.example:8080 wss://chain.example:9944",
      "frame-ancestors": "'self'",
      "base-uri": "'none'",
    });
    expect((await get("/")).headers["permissions-policy"]).toContain("camera=(self)");
    // What calls itself otherwise than a host may is not repeated.
    const other = policyOf(await get("/", "x; script-src *"));
    expect(other["connect-src"]).toBe("'self' wss://chain.example:9944");
    expect(other["script-src"]).toBe("'self' 'wasm-unsafe-eval'");
  });

  test("only the embedded player may stand in other sites' pages; the web component's files may be loaded by them", async () => {
    const get = await serve();
    expect(policyOf(await get("/embed/7"))["frame-ancestors"]).toBe("*");
    for (const at of ["/embed.js", "/element/chunk-1.js"]) {
      expect((await get(at)).headers["access-control-allow-origin"], at).toBe("*");
    }
  });

  test("the development wallet is put into every page first of all scripts, where it is asked for", async () => {
    const without = await serve();
    expect((await without("/")).body).not.toContain("dev-wallet");
    expect((await without("/dev-wallet/inject.js")).status).toBe(404);
    await new Promise((resolve) => server?.close(resolve));
    const get = await serve({ devWalletDir: dirs.devWalletDir });
    for (const at of ["/watch/7", "/studio/"]) {
      const { body } = await get(at);
      expect(body).toContain('<head><script type="module" src="/dev-wallet/inject.js"></script>');
    }
    expect((await get("/dev-wallet/inject.js")).body).toBe("wallet");
    expect(policyOf(await get("/"))["script-src"]).toBe("'self' 'wasm-unsafe-eval'");
  });
});
