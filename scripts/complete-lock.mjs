// SPDX-License-Identifier: Apache-2.0

// npm can leave packages for other platforms out of package-lock.json (npm/cli#4828), and `npm ci` then refuses the
// lock. This adds what is missing: run it after each `npm install` that changed the lock.
//
//     node scripts/complete-lock.mjs

import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const systems = [
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = [
  "arm64",
  "x64",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "wasm32",
  "arm",
];
/** The first of `words` that is a part of a package's name: its platform is written in it. */
const named = (words, name) =>
  words.filter((word) => name.split(/[-/]/).some((part) => part === word)).slice(0, 1);

let added = 0;
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    if (path in lock.packages || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    const os = named(systems, name);
    const cpu = named(processors, name);
    lock.packages[path] = {
      version,
      ...(cpu.length > 0 && { cpu }),
      ...(dev && { dev }),
      ...(/[-]musl/.test(name) && { libc: ["musl"] }),
      ...(/[-]gnu/.test(name) && { libc: ["glibc"] }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
    added++;
  }
}
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${added} packages of other platforms added to package-lock.json`);
