// SPDX-License-Identifier: Apache-2.0
import { apiErrorBody, parseApiBody } from "@tickstream/contracts-types";
import { asError, SdkError } from "./errors.ts";

const TIMEOUT_MS = 10_000;
const MAX_BODY_CHARS = 4 * 1024 * 1024;

type Schema = Parameters<typeof parseApiBody>[0];
type Parsed<T extends Schema> = ReturnType<typeof parseApiBody<T>>;

/** A node's REST API: every answer goes through its schema. */
export interface Rest {
  get<T extends Schema>(path: string, schema: T, options?: RestOptions): Promise<Parsed<T>>;
  post<T extends Schema>(path: string, body: string, schema: T, options?: RestOptions): Promise<Parsed<T>>;
  patch<T extends Schema>(path: string, body: string, schema: T, options?: RestOptions): Promise<Parsed<T>>;
  /** What is asked for by its path alone, and answered without a body. */
  command(method: "PUT" | "DELETE", path: string, options?: RestOptions): Promise<void>;
}

interface RestOptions {
  /** Of a login, for what only a creator may do. */
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Whose body is an answer by the schema as well, though the status says no. */
  alsoStatus?: number | undefined;
}

/** @param node base URL, `https://node.example` */
export function createRest(node: string, fetchWith: typeof fetch): Rest {
  type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

  /** The text of a successful answer. */
  async function ask(
    method: Method,
    url: string,
    body: string | null,
    { token, signal, alsoStatus }: RestOptions,
  ): Promise<string> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    let response: Response;
    let text: string;
    try {
      response = await fetchWith(url, {
        method,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        headers: {
          accept: "application/json",
          ...(body === null ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === null ? {} : { body }),
      });
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new SdkError("node-unreachable", "The node cannot be reached.", {
        details: `${url}: ${asError(cause).message}`,
        cause,
      });
    }
    if (!response.ok && response.status !== alsoStatus)
      throw refusal(url, response.status, parseJson(url, text));
    return text;
  }

  async function call<T extends Schema>(
    method: Method,
    path: string,
    schema: T,
    body: string | null,
    options: RestOptions,
  ): Promise<Parsed<T>> {
    const url = new URL(path, node).href;
    const answer = parseJson(url, await ask(method, url, body, options));
    try {
      return parseApiBody(schema, answer);
    } catch (cause) {
      throw invalid(url, cause);
    }
  }
  return {
    get: (path, schema, options = {}) => call("GET", path, schema, null, options),
    post: (path, body, schema, options = {}) => call("POST", path, schema, body, options),
    patch: (path, body, schema, options = {}) => call("PATCH", path, schema, body, options),
    async command(method, path, options = {}) {
      await ask(method, new URL(path, node).href, null, options);
    },
  };
}

/** `?a=1&b=2` of what is given, or nothing. */
export function queryString(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function parseJson(url: string, text: string): unknown {
  if (text.length > MAX_BODY_CHARS) throw invalid(url, new Error("too long"));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw invalid(url, cause);
  }
}

/** The node's own code and sentence, where it gave them. */
function refusal(url: string, status: number, answer: unknown): SdkError {
  try {
    const { error } = parseApiBody(apiErrorBody, answer);
    return new SdkError(error.code, error.message, { details: error.details ?? `${status} for ${url}` });
  } catch {
    return new SdkError("request-refused", "The node refused a request.", {
      details: `${status} for ${url}`,
    });
  }
}

function invalid(url: string, cause: unknown): SdkError {
  return new SdkError("node-answer-invalid", "The node's answer is not what its API says.", {
    details: `${url}: ${asError(cause).message}`,
    cause,
  });
}
