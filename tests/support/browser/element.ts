// SPDX-License-Identifier: Apache-2.0
// The web component as it is published, and a page of somebody else's site that uses it.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { listenLocally, type LocalServer } from "../system/local-server.ts";
import { inRepository } from "../system/repository.ts";

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

/** Serves the docs' example page from an origin of its own, with the node and the element's tag as given. */
export async function serveExamplePage(node: string, tag: string): Promise<LocalServer> {
  const example = await readFile(inRepository("docs/examples/plain-page.html"), "utf8");
  const page = example
    .replace("http://localhost:8080", node)
    .replace(/<tickstream-player [^]*?<\/tickstream-player>/, tag);
  return listenLocally((request, response) => {
    if (request.url === "/") response.writeHead(200, { "content-type": "text/html" }).end(page);
    else response.writeHead(204).end();
  });
}
