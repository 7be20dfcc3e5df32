// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgram } from "./program.ts";

const command = fileURLToPath(new URL("../bin/tickstream.cjs", import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tickstream-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command as a person would. */
function tickstream(
  args: string[],
  program = process.execPath,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(program, [command, ...args], { cwd: folder, timeout: 25_000 }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

describe("--help", () => {
  const program = createProgram();
  const all = [program, ...program.commands, ...program.commands.flatMap((c) => c.commands)];
  test.each(all.map((c) => [c.name(), c] as const))("%s tells its options", (_name, described) => {
    described.configureOutput({ getOutHelpWidth: () => 100 });
    expect(described.helpInformation()).toMatchSnapshot();
    for (const option of described.options) expect(option.description, option.long).toBeTruthy();
  });

  test("needs no more than the command line itself", async () => {
    const { code, out } = await tickstream(["up", "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("--data-dir");
  });
});

describe("what a person can mend is one line and exit code 1", () => {
  const oneLine = (err: string) => err.trim().split("\n");

  test.each([
    [["up", "--http-port", "99999"], "a port is a number from 0 to 65535"],
    [["up", "--chain", "mainnet"], "Allowed choices are embedded, omni"],
    [["up", "--chain-url", "http://x"], "expected an address that begins with ws:// or wss://"],
    [["up", "--nonsense"], "unknown option '--nonsense'"],
    [["nonsense"], "unknown command 'nonsense'"],
  ])("%j", async (args, sentence) => {
    const { code, err } = await tickstream(args);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });

  test("a taken port is named, with the option that chooses another", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      for (const option of ["--http-port", "--rtmp-port", "--chain-port"]) {
        const free = ["--http-port", "--rtmp-port", "--chain-port"].flatMap((name) => [name, "0"]);
        const { code, err } = await tickstream(["up", ...free, option, String(port)]);
        expect(code).toBe(1);
        expect(oneLine(err)).toEqual([expect.stringMatching(`port ${port} \\(.*\\) is taken: .*${option}`)]);
      }
    } finally {
      server.close();
      await once(server, "close");
    }
  });

  test("a data folder that can't be written is named", async () => {
    await writeFile(join(folder, "file"), "");
    const free = ["--http-port", "0", "--rtmp-port", "0", "--chain-port", "0"];
    const { code, err } = await tickstream(["up", ...free, "--data-dir", "file/data"]);
    expect(code).toBe(1);
    expect(oneLine(err)).toEqual([
      expect.stringMatching(/data folder .*file\/data can't be written \(ENOTDIR\)/),
    ]);
  });

  // The Node of the system, where there is one that is too old.
  const old = ["/usr/bin/node", "/usr/local/bin/node"].find(
    (path) => existsSync(path) && path !== process.execPath,
  );
  test.runIf(old)("a Node that is too old says which is needed", async () => {
    const version = await new Promise<string>((resolve) =>
      execFile(old ?? "", ["--version"], (_error, out) => resolve(out)),
    );
    const { code, err } = await tickstream(["--version"], old);
    if (Number.parseInt(version.slice(1), 10) >= 24) return expect(code).toBe(0);
    expect(code).toBe(1);
    expect(oneLine(err)).toEqual([
      expect.stringMatching(/^tickstream: needs Node 24 or newer, and this is v/),
    ]);
  });
});
