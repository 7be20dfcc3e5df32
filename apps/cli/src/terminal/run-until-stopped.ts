// SPDX-License-Identifier: Apache-2.0
import { errorLine } from "../cli-error.ts";
import { Shutdown } from "./shutdown.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** Something that runs until it is stopped. */
export interface Running {
  stop: () => Promise<void>;
  /** Ends it at once, for the second Ctrl-C. */
  force?: () => void;
}

/** What a long-running command works with. */
export interface Run {
  terminal: Terminal;
  shutdown: Shutdown;
  /**
   * Starts something and remembers to stop it, in the reverse order, also where Ctrl-C comes while it is still starting.
   * @throws StoppedError where the program is to end instead
   */
  start: <T extends Running>(name: string, begin: () => Promise<T>) => Promise<T>;
}

/** The program was asked to stop while it was starting: no fault. */
class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** An orderly end takes no longer; what does is stuck. */
const STOP_TIMEOUT_MS = 15_000;

/**
 * Runs a command that starts things: `setUp` starts them, then the command waits for Ctrl-C or SIGTERM, and stops them in the
 * reverse order. An error in `setUp` stops what was started and is thrown on.
 */
export async function runUntilStopped(setUp: (run: Run) => Promise<void>): Promise<void> {
  const terminal = createTerminal();
  const shutdown = new Shutdown();
  const unlisten = shutdown.listen(() => process.exit(130));
  const start: Run["start"] = async (name, begin) => {
    if (shutdown.signal.aborted) throw new StoppedError(name);
    const starting = begin();
    let started: Running | undefined;
    shutdown.add(
      name,
      async () => {
        started ??= await starting.catch(() => undefined); // a failed start has told whoever waited for it
        await started?.stop();
      },
      () => started?.force?.(),
    );
    const stopped = shutdown.requested.then((): never => {
      throw new StoppedError(name);
    });
    stopped.catch(() => undefined);
    const ready = await Promise.race([starting, stopped]);
    started = ready;
    return ready;
  };
  try {
    await setUp({ terminal, shutdown, start });
    const reason = await shutdown.requested;
    terminal.print();
    terminal.step(`stopping (${reason})`);
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    terminal.print();
    terminal.step("stopping before everything had started");
  } finally {
    const stuck = setTimeout(() => {
      terminal.warn("something doesn't stop: ending it by force");
      shutdown.force();
      process.exit(1);
    }, STOP_TIMEOUT_MS);
    await shutdown.stop((name, error) => terminal.warn(`${name} didn't stop well: ${errorLine(error)}`));
    clearTimeout(stuck);
    unlisten();
  }
  terminal.step("stopped");
}
