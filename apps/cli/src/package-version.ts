// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";

/** This package's version. */
export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
