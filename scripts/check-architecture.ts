// SPDX-License-Identifier: Apache-2.0
// Direction of imports and cycles, by dependency-cruiser. A run that saw no modules would pass green, so their number is checked first.
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";

const folders = [
  "contracts-types",
  "chain-client",
  "sdk",
  "signaling",
  "media-node",
  "devchain",
  "apps/ui",
  "apps/viewer",
  "apps/creator",
  "apps/dev-wallet",
  "apps/cli",
  "tests",
];
const config = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as {
  forbidden: unknown[];
  options: ICruiseOptions;
};
const { output } = await cruise(folders, {
  ...config.options,
  validate: true,
  ruleSet: { forbidden: config.forbidden },
} as ICruiseOptions);
const { summary, modules } = output as ICruiseResult;

const tracked = spawnSync("git", ["ls-files", "--", ...folders.flatMap((f) => [`${f}/*.ts`, `${f}/*.tsx`])], {
  encoding: "utf8",
})
  .stdout.split("\n")
  .filter((file) => file !== "" && !file.includes("/generated/"));
const seen = new Set(modules.map((module) => module.source));
const unseen = tracked.filter((file) => !seen.has(file));
for (const file of unseen) console.error(`not seen: ${file}`);
for (const { rule, from, to, cycle } of summary.violations) {
  console.error(`${rule.name}: ${from} → ${cycle?.map(({ name }) => name).join(" → ") ?? to}`);
}
console.log(
  `${modules.length} modules, ${summary.totalDependenciesCruised ?? 0} imports, ${summary.violations.length} violations`,
);
process.exitCode = summary.violations.length > 0 || unseen.length > 0 || tracked.length === 0 ? 1 : 0;
