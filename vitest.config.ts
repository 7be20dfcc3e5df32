// SPDX-License-Identifier: Apache-2.0
import { configDefaults, defineConfig } from "vitest/config";

const NOT_OURS = [...configDefaults.exclude, "**/dist/**", "runtime/**"];

export default defineConfig({
  test: {
    exclude: NOT_OURS,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "packages",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...NOT_OURS, "tests/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["tests/**/*.test.ts"],
          // Encoders, chains, nodes and browsers share the cores of a CI machine with others. What fails there is run once more,
          // and the report says so ("retry x1"): a fault shows twice, a starved second once. Elsewhere nothing is retried.
          retry: process.env["CI"] === "true" ? 1 : 0,
        },
      },
    ],
  },
});
