// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { TickstreamError } from "@tickstream/contracts-types";
import type { z } from "zod";
import { configSchema, type NodeConfig, type NodeConfigInput } from "./config.ts";
import { nearestName } from "./nearest-name.ts";

/** The configuration cannot be used. Codes `config-unreadable`, `config-unknown-name`, `config-invalid`. */
export class ConfigError extends TickstreamError {
  override readonly name = "ConfigError";
}

export interface LoadConfigOptions {
  /** JSON file with the names of `configSchema`. */
  file?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Wins over both, for options of a command line. */
  overrides?: Partial<NodeConfigInput>;
}

const PREFIX = "TICKSTREAM_";
const NAMES = Object.keys(configSchema.shape);
/** Names that other programs know as well. */
const ALIASES: Record<string, string> = {
  DATABASE_URL: "databaseUrl",
  CHAIN_URL: "chainUrl",
  OPERATOR_SURI: "operatorSuri",
  FFMPEG_PATH: "ffmpegPath",
  REDIS_URL: "redisUrl",
};

/** `httpPort` is `TICKSTREAM_HTTP_PORT`. */
export function environmentName(name: string): string {
  return PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Reads the configuration: overrides over environment over file over defaults.
 *
 * @throws {@link ConfigError}, which names the setting but never its value
 */
export async function loadConfig(options: LoadConfigOptions = {}): Promise<NodeConfig> {
  const given = Object.entries(options.overrides ?? {}).filter(([, value]) => value !== undefined);
  return parseConfig({
    ...(options.file === undefined ? {} : await readConfigFile(options.file)),
    ...fromEnvironment(options.env ?? {}),
    ...Object.fromEntries(given),
  });
}

/** @throws {@link ConfigError} */
export function parseConfig(input: unknown): NodeConfig {
  const result = configSchema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues.find(({ code }) => code === "unrecognized_keys");
  if (issue?.code === "unrecognized_keys") throw unknownName(issue.keys[0] ?? "", NAMES);
  throw new ConfigError("config-invalid", "A setting is missing or cannot be used.", {
    details: result.error.issues.map(describe).join("; "),
  });
}

async function readConfigFile(file: string): Promise<object> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, "utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (cause) {
    // A parser's message would quote the file, and with it a secret.
    const details = cause instanceof SyntaxError ? `${file} is not JSON` : `${file} cannot be read`;
    throw new ConfigError("config-unreadable", "The configuration file cannot be used.", { details });
  }
  throw new ConfigError("config-unreadable", "The configuration file has to hold one JSON object.", {
    details: file,
  });
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const known = new Map(NAMES.map((name) => [environmentName(name), name]));
  const settings: Record<string, string> = {};
  for (const [alias, name] of Object.entries(ALIASES)) if (env[alias]) settings[name] = env[alias];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || value === undefined) continue;
    const name = known.get(variable);
    if (name === undefined) throw unknownName(variable, [...known.keys()]);
    settings[name] = value;
  }
  return settings;
}

function unknownName(name: string, known: readonly string[]): ConfigError {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return new ConfigError("config-unknown-name", "There is no such setting.", { details: `${name}${hint}` });
}

/** Name and problem, without the value: it may be a secret. */
function describe(issue: z.core.$ZodIssue): string {
  const name = issue.path.join(".");
  if (issue.code === "invalid_type" && issue.message.includes("undefined")) {
    return `${name} is missing (${environmentName(name)})`;
  }
  return `${name}: ${issue.message}`;
}
