// SPDX-License-Identifier: Apache-2.0
// What the house rules ask of every source file: a licence line, the environment read in few places only, no machine's paths.
// Files over 400 lines are named, not failed: split by responsibility, not by count.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Where `process.env` may be read: configuration, the programs' composition roots, build scripts and tests. */
const ENVIRONMENT_READERS =
  /^(media-node\/src\/config\/|apps\/cli\/src\/|scripts\/|tests\/|vitest\.config\.ts$)|\/testing\/|\.test\.tsx?$/;
const MANY_LINES = 400;

const files = execFileSync("git", ["ls-files", "--", "*.ts", "*.tsx", "*.cjs", "*.mjs", "*.rs", "*.sh"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "");
let problems = 0;
const problem = (file: string, what: string): void => {
  problems += 1;
  console.error(`${file}: ${what}`);
};

for (const file of files) {
  const text = readFileSync(file, "utf8");
  const generated = file.includes("/generated/");
  const licence = file.startsWith("runtime/runtime/") ? "GPL-3.0-only" : "Apache-2.0";
  if (
    !text
      .split("\n")
      .slice(0, 3)
      .some((line) => line.includes(`SPDX-License-Identifier: ${licence}`))
  ) {
    problem(file, `has no line "SPDX-License-Identifier: ${licence}" at its top`);
  }
  if (/^(?! *\*).*\bprocess\.env\b/m.test(text) && !ENVIRONMENT_READERS.test(file)) {
    problem(file, "reads process.env: take the value from config");
  }
  if (/(?<![\w.@-])\/(?:root|home|work)\//.test(text)) problem(file, "names a path of one machine");
  const lines = text.split("\n").length;
  if (!generated && lines > MANY_LINES) console.warn(`warning: ${file} has ${lines} lines`);
}
console.log(`${files.length} files, ${problems} problems`);
process.exitCode = problems > 0 || files.length === 0 ? 1 : 0;
