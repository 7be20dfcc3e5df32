// SPDX-License-Identifier: Apache-2.0
// Builds all that browsers get: the apps, the development wallet, the player element. Side by side, since each waits for its files much.
import { spawn } from "node:child_process";

const BUILDS = [
  ["@tickstream/viewer", "build"],
  ["@tickstream/creator", "build"],
  ["@tickstream/dev-wallet", "build"],
  ["@tickstream/sdk", "build:element"],
] as const;

/** Runs one build; what it printed is shown where it failed. */
function build(workspace: string, script: string): Promise<boolean> {
  return new Promise((resolve) => {
    const npm = spawn("npm", ["run", "--silent", script, "--workspace", workspace], {
      shell: process.platform === "win32",
    });
    const printed: Buffer[] = [];
    npm.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
    npm.stderr.on("data", (chunk: Buffer) => printed.push(chunk));
    npm.on("error", (error) => printed.push(Buffer.from(`${error.message}\n`)));
    npm.on("close", (code) => {
      if (code !== 0)
        process.stderr.write(`${workspace} could not be built:\n${Buffer.concat(printed).toString()}`);
      resolve(code === 0);
    });
  });
}

const results = await Promise.all(BUILDS.map(([workspace, script]) => build(workspace, script)));
process.exitCode = results.every(Boolean) ? 0 : 1;
