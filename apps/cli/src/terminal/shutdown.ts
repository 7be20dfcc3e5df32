// SPDX-License-Identifier: Apache-2.0

/** One thing that was started and has to be stopped. */
interface Step {
  name: string;
  stop(): Promise<void>;
  /** At once, by whatever means; for the second Ctrl-C. */
  force?: (() => void) | undefined;
}

/**
 * npm passes a Ctrl-C on to us although the terminal has sent it to the whole process group already: what follows within this
 * time is the same key press.
 */
const SAME_PRESS_MS = 700;

/** Everything a program started, stopped in the reverse order, once, whoever asks for it. */
export class Shutdown {
  readonly #steps: Step[] = [];
  readonly #requested = Promise.withResolvers<string>();
  #stopping: Promise<void> | undefined;
  #signalAt = 0;

  /** Settles with the reason when somebody wants the program to end. */
  get requested(): Promise<string> {
    return this.#requested.promise;
  }

  /** For waits that must not outlive a wish to stop. */
  readonly signal: AbortSignal;
  readonly #abort = new AbortController();

  constructor() {
    this.signal = this.#abort.signal;
  }

  /** Remembers how to stop what has just been started. */
  add(name: string, stop: () => Promise<void>, force?: () => void): void {
    this.#steps.push({ name, stop, force });
  }

  request(reason: string): void {
    this.#requested.resolve(reason);
    this.#abort.abort(new Error(reason));
  }

  /** Ctrl-C, SIGTERM and a closed terminal ask for an orderly end; a second Ctrl-C forces it. Returns how to undo this. */
  listen(onForced: () => void): () => void {
    const onSignal = (signal: NodeJS.Signals) => {
      const now = performance.now();
      if (this.#signalAt === 0) {
        this.#signalAt = now;
        this.request(signal);
      } else if (now - this.#signalAt > SAME_PRESS_MS) {
        this.force();
        onForced();
      }
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.off(signal, onSignal);
    };
  }

  /** Stops everything, last started first; a step that fails is reported and the others are stopped all the same. */
  stop(onFailed: (name: string, error: unknown) => void): Promise<void> {
    this.#stopping ??= (async () => {
      for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
        try {
          await step.stop();
        } catch (error) {
          onFailed(step.name, error);
          step.force?.();
        }
      }
    })();
    return this.#stopping;
  }

  force(): void {
    for (const step of this.#steps) step.force?.();
  }
}
