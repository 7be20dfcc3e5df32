// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { configSchema } from "./config.ts";
import { environmentName } from "./load-config.ts";

/** The page for operators, from the schema itself. */
function configPage(): string {
  const rows = Object.entries(configSchema.shape).map(([name, field]) => {
    const preset = field.safeParse(undefined);
    const value = preset.success ? preset.data : undefined;
    const shown = value === undefined ? (preset.success ? "" : "needed") : `\`${String(value)}\``;
    return `| \`${name}\` | \`${environmentName(name)}\` | ${shown} | ${field.description} |`;
  });
  return [
    "# Settings of a media node",
    "",
    "In a JSON file (`tickstream node --config node.json`) by name, or in the environment, which wins. An unknown name is an",
    "error. Amounts are plancks, as digits in quotes. `withoutSecrets` shows a configuration without what is secret.",
    "",
    "| name | environment | default | what it is |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

// Written anew by `npx vitest run media-node/src/config --update`.
test("the page of settings says what the schema says", async () => {
  await expect(configPage()).toMatchFileSnapshot("../../SETTINGS.md");
});
