// SPDX-License-Identifier: Apache-2.0
import * as z from "zod/mini";
import { TickstreamError } from "../errors.ts";
import { describeIssues, stringify } from "../fields.ts";

/** A request's or answer's body is not what the API says. Code `api-body-invalid`. */
export class ApiBodyError extends TickstreamError {
  override readonly name = "ApiBodyError";
}

/**
 * A JSON body, read by its schema: amounts become `bigint`s, bytes `Uint8Array`s. Answers may have fields
 * that this version does not know, requests may not.
 *
 * @example const { streams } = parseApiBody(liveStreams, await response.json());
 * @throws {@link ApiBodyError}
 */
export function parseApiBody<T extends z.core.$ZodType>(schema: T, body: unknown): z.output<T> {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw new ApiBodyError("api-body-invalid", "The body is not what the API says.", {
    details: describeIssues(result.error),
  });
}

/**
 * A body as JSON text, in the forms of the schema: `bigint`s as decimal strings, bytes as `0x…`.
 *
 * @example response.type("json").send(formatApiBody(liveStreams, { streams }));
 */
export function formatApiBody<T extends z.core.$ZodType>(_schema: T, body: z.output<T>): string {
  return stringify(body);
}
