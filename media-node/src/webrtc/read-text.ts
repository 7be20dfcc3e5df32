// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from "node:http";

/** A request's body; undefined where it is longer than `maxBytes`. Rejects where the peer goes away before its end. */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
