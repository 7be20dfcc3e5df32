// SPDX-License-Identifier: Apache-2.0
// A page of a test's own with the SDK bundled in, as an app would; a media node serves it as its app.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyringPair } from "@polkadot/keyring/types";
import { TypeRegistry } from "@polkadot/types";
import type { SignerPayloadJSON } from "@polkadot/types/types";
import type { Page } from "playwright-core";
import { build } from "vite";
import { inRepository } from "../system/repository.ts";

/** A built page. */
export interface SdkPage {
  /** A node's `appsDir`. */
  readonly folder: string;
  /** The source files of what the page loads at once; the rest comes when it is first used. */
  readonly eagerSources: string[];
  /** Answers for the page and its files, where no media node does. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  remove(): Promise<void>;
}

const HTML = `<!doctype html><meta charset="utf-8"><title>SDK</title>
<video muted playsinline width="320" height="180"></video><button>Stop</button>
<script type="module" src="/page.js"></script>`;

/** Bundles `script` (TypeScript, importing what an app may) to a page. */
export async function buildSdkPage(script: string): Promise<SdkPage> {
  const folder = await mkdtemp(join(tmpdir(), "tickstream-sdk-page-"));
  const entry = inRepository("tests/sdk-page-entry.ts");
  await mkdir(folder, { recursive: true });
  const built = await build({
    configFile: false,
    root: inRepository("tests"),
    logLevel: "warn",
    plugins: [
      {
        name: "sdk-page-entry",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? script : null),
      },
    ],
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: "es2022",
      modulePreload: false,
      chunkSizeWarningLimit: 2_000,
      rollupOptions: {
        input: entry,
        output: { entryFileNames: "page.js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  await writeFile(join(folder, "index.html"), HTML);
  const [output] = [built].flat();
  if (output === undefined || !("output" in output)) throw new Error("vite built nothing");
  const chunks = output.output.filter((chunk) => chunk.type === "chunk");
  const eager = new Set(["page.js"]);
  // A set may grow while it is walked: each file's imports are walked too.
  for (const file of eager) {
    for (const name of chunks.find((chunk) => chunk.fileName === file)?.imports ?? []) eager.add(name);
  }
  return {
    folder,
    eagerSources: chunks.filter(({ fileName }) => eager.has(fileName)).flatMap(({ moduleIds }) => moduleIds),
    serve(request, response) {
      const name = new URL(request.url ?? "/", "http://node").pathname.slice(1) || "index.html";
      const type = name.endsWith(".js") ? "text/javascript" : "text/html";
      readFile(join(folder, name)).then(
        (file) => response.writeHead(200, { "content-type": type }).end(file),
        () => response.writeHead(404).end(),
      );
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Injects a wallet into every page of the browser, the way extensions do, that signs with a key of the test's. */
export async function injectWallet(page: Page, pair: KeyringPair): Promise<{ signatures: () => number }> {
  let signatures = 0;
  await page.exposeFunction("signPayloadInNode", (payload: SignerPayloadJSON) => {
    signatures++;
    const registry = new TypeRegistry();
    registry.setSignedExtensions(payload.signedExtensions);
    const extrinsic = registry.createType("ExtrinsicPayload", payload, { version: payload.version });
    return { id: signatures, signature: extrinsic.sign(pair).signature };
  });
  await page.addInitScript((address: string) => {
    const { signPayloadInNode } = globalThis as unknown as {
      signPayloadInNode: (payload: unknown) => unknown;
    };
    const accounts = {
      get: async () => [{ address, name: "test", type: "sr25519" }],
      subscribe: () => () => {},
    };
    const wallet = {
      version: "1",
      enable: async () => ({
        accounts,
        signer: { signPayload: (payload: unknown) => signPayloadInNode(payload) },
      }),
    };
    Object.assign(globalThis, { injectedWeb3: { "polkadot-js": wallet } });
  }, pair.address);
  return { signatures: () => signatures };
}
