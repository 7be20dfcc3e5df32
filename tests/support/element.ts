// SPDX-License-Identifier: Apache-2.0
// The web component as it is published, and a page of somebody else's site that uses it.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { inRepository } from "./repository.ts";

/** A built `<tickstream-player>`. */
export interface BuiltElement {
  /** A node's `elementDir`. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds the element as `npm run build:element` does, into a folder of its own. */
export async function buildElement(): Promise<BuiltElement> {
  const folder = await mkdtemp(join(tmpdir(), "tickstream-element-"));
  await build({
    configFile: inRepository("sdk/vite.config.ts"),
    root: inRepository("sdk"),
    logLevel: "warn",
    build: { outDir: folder, emptyOutDir: true },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A site that is none of ours. */
export interface OtherSite {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the docs' example page from an origin of its own, with the node and the element's tag as given. */
export async function serveExamplePage(node: string, tag: string): Promise<OtherSite> {
  const example = await readFile(inRepository("docs/examples/plain-page.html"), "utf8");
  const page = example
    .replace("http://localhost:8080", node)
    .replace(/<tickstream-player [^]*?<\/tickstream-player>/, tag);
  const server = createServer((request, response) => {
    if (request.url === "/") response.writeHead(200, { "content-type": "text/html" }).end(page);
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
