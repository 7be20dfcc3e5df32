// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { configSchema, withoutSecrets } from "./config.ts";
import { environmentName, loadConfig, parseConfig } from "./load-config.ts";

const needed = { DATABASE_URL: "postgres://u:pw@localhost/x", CHAIN_URL: "ws://127.0.0.1:9944" };

test("defaults, file, environment, overrides: the later wins", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "tickstream-config-"));
  try {
    const file = path.join(folder, "node.json");
    await writeFile(
      file,
      JSON.stringify({ httpPort: 1, rtmpPort: 2, openFee: "340282366920938463463374607431768211455" }),
    );
    const env = { ...needed, TICKSTREAM_RTMP_PORT: "3", TICKSTREAM_DEV: "true", HOME: "/" };
    const config = await loadConfig({ file, env, overrides: { creditTicks: 4 } });
    expect(config).toMatchObject({
      httpPort: 1,
      rtmpPort: 3,
      creditTicks: 4,
      dev: true,
      openFee: 2n ** 128n - 1n,
    });
    await writeFile(file, "{ secret");
    await expect(loadConfig({ file, env })).rejects.toMatchObject({ code: "config-unreadable" });
    await expect(loadConfig({ file, env })).rejects.not.toThrow("secret");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an unknown name is an error that names the nearest", async () => {
  await expect(loadConfig({ env: { ...needed, TICKSTREAM_HTP_PORT: "1" } })).rejects.toThrow(
    "TICKSTREAM_HTP_PORT; did you mean TICKSTREAM_HTTP_PORT?",
  );
  expect(() => parseConfig({ creditTick: 1 })).toThrow("creditTick; did you mean creditTicks?");
  expect(() => parseConfig({ zzzzzzzz: 1 })).toThrow(/zzzzzzzz\)$/);
});

test("what is missing or wrong is named, never its value", async () => {
  await expect(loadConfig({ env: {} })).rejects.toThrow("databaseUrl is missing (TICKSTREAM_DATABASE_URL)");
  const wrong = loadConfig({ env: { ...needed, DATABASE_URL: "hunter2", TICKSTREAM_HTTP_PORT: "99999" } });
  await expect(wrong).rejects.toThrow("httpPort");
  await expect(wrong).rejects.not.toThrow("hunter2");
  const shown = withoutSecrets(await loadConfig({ env: { ...needed, OPERATOR_SURI: "//Hidden" } }));
  expect(JSON.stringify(shown)).not.toMatch(/Hidden|pw@/);
});

test("every setting says what it is", () => {
  for (const [name, field] of Object.entries(configSchema.shape)) {
    expect(field.description, name).toMatch(/\.$/);
    expect(environmentName(name)).toMatch(/^TICKSTREAM_[A-Z_]+$/);
  }
});
