// SPDX-License-Identifier: Apache-2.0
import { asError, SdkError } from "../errors.ts";

/** No part, segment or playlist of ours is larger. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

export interface FetchOptions {
  fetch?: typeof fetch | undefined;
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** Only these bytes, the end not included. */
  range?: { from: number; to: number } | null | undefined;
}

/**
 * The body of a successful answer.
 *
 * @throws {@link SdkError} `node-unreachable`, `timeout`, or `request-refused` with the status in `details`
 */
export async function fetchBytes(url: string, options: FetchOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url, options);
  const length = Number(response.headers.get("content-length") ?? 0);
  if (length > MAX_BODY_BYTES) {
    await response.body?.cancel();
    throw new SdkError("node-answer-invalid", "The node's answer is too long.", { details: url });
  }
  const body = new Uint8Array(await guarded(url, options, () => response.arrayBuffer()));
  const { range } = options;
  // A server may ignore a range and send everything.
  return range && response.status !== 206 ? body.slice(range.from, range.to) : body;
}

/** Like {@link fetchBytes}, as text. */
export async function fetchText(url: string, options: FetchOptions = {}): Promise<string> {
  const response = await request(url, options);
  return guarded(url, options, () => response.text());
}

async function request(url: string, options: FetchOptions): Promise<Response> {
  const { fetch = globalThis.fetch, signal, timeoutMs = TIMEOUT_MS, range } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await guarded(url, options, () =>
    fetch(url, {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      ...(range && { headers: { range: `bytes=${range.from}-${range.to - 1}` } }),
    }),
  );
  if (!response.ok) {
    await response.body?.cancel().catch(() => undefined);
    throw new SdkError("request-refused", "The node refused a request.", {
      details: `${response.status} for ${url}`,
    });
  }
  return response;
}

async function guarded<T>(url: string, { signal }: FetchOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // Who aborted knows why.
    if (signal?.aborted) throw cause;
    if (cause instanceof DOMException && cause.name === "TimeoutError") {
      throw new SdkError("timeout", "The node did not answer in time.", { details: url, cause });
    }
    throw new SdkError("node-unreachable", "The node cannot be reached.", {
      details: `${url}: ${asError(cause).message}`,
      cause,
    });
  }
}
