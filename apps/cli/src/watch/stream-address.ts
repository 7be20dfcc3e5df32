// SPDX-License-Identifier: Apache-2.0
import { apiStreamId } from "@tickstream/contracts-types";
import { CliError } from "../cli-error.ts";

/** A stream as people name it: its id, or the address of its page. */
export function parseStreamAddress(text: string, node: string): { node: string; id: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const id = url ? /^\/watch\/([^/]+)\/?$/.exec(url.pathname)?.[1] : text;
  const at = url?.origin ?? node;
  if (id === undefined || !apiStreamId.safeParse(id).success || !/^https?:\/\//.test(at)) {
    throw new CliError(
      `${text} is no stream: expected an id such as 1, or an address such as ${node}/watch/1`,
    );
  }
  return { node: at, id };
}
