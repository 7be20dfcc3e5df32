// SPDX-License-Identifier: Apache-2.0
// Imports point one way (see docs/how-it-works.md). Run by `npm run check:architecture`.
"use strict";

/** Folder → the workspaces it may import. */
const MAY_IMPORT = {
  "contracts-types": [],
  "chain-client": ["contracts-types"],
  sdk: ["contracts-types", "chain-client"],
  signaling: ["contracts-types"],
  "media-node": ["contracts-types", "chain-client", "signaling"],
  devchain: [],
  "apps/ui": ["contracts-types", "sdk"],
  "apps/viewer": ["contracts-types", "sdk", "apps/ui"],
  "apps/creator": ["contracts-types", "sdk", "apps/ui"],
  "apps/dev-wallet": [],
  "apps/cli": ["contracts-types", "chain-client", "sdk", "signaling", "media-node", "devchain"],
};
const FOLDERS = Object.keys(MAY_IMPORT);

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...FOLDERS.map((folder) => ({
      name: `${folder}-imports`,
      comment: `${folder} may import only: ${MAY_IMPORT[folder].join(", ") || "no other workspace"}`,
      severity: "error",
      from: { path: `^${folder}/`, pathNot: "\\.test\\.tsx?$" },
      to: {
        path: FOLDERS.filter((other) => other !== folder && !MAY_IMPORT[folder].includes(other)).map(
          (other) => `^${other}/`,
        ),
      },
    })),
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { path: "^(?!tests/)", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^tests/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|target|generated|\\.cache)/" },
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default"],
      extensions: [".ts", ".tsx", ".js", ".cjs", ".mjs", ".json"],
    },
  },
};
