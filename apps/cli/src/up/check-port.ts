// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer } from "node:net";
import { CliError, codeOf } from "../cli-error.ts";

/**
 * Fails in one line where a port can't be listened on, before anything else is started.
 * @param option the option that chooses another port
 */
export async function checkPort(port: number, host: string, what: string, option: string): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (cause) {
    const code = codeOf(cause);
    const reason =
      code === "EADDRINUSE"
        ? `port ${port} (${what}) is taken`
        : code === "EACCES"
          ? `port ${port} (${what}) needs more rights than you have`
          : `can't listen on ${host}:${port} (${what}): ${code ?? String(cause)}`;
    throw new CliError(`${reason}: stop what uses it, or choose another with ${option}`, { cause });
  }
  server.close();
  await once(server, "close");
}
