// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The first of `names` that is a program on PATH, or else in `folders`; undefined where there is none, and tests of it
 * have to be skipped.
 */
export function findProgram(names: readonly string[], folders: readonly string[] = []): string | undefined {
  return [...(process.env["PATH"] ?? "").split(delimiter), ...folders]
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
