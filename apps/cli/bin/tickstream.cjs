#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Plain old JavaScript, so that a Node that is too old for the rest can still say so.
"use strict";

const WANTED = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major < WANTED) {
  process.stderr.write(
    `tickstream: needs Node ${WANTED} or newer, and this is ${process.version}: start it by npm start or npx tickstream, which bring their own, or install Node ${WANTED}\n`,
  );
  process.exitCode = 1;
} else {
  void import("../src/main.ts").then(({ main }) => main(process.argv.slice(2)));
}
