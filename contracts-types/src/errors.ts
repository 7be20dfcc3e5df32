// SPDX-License-Identifier: Apache-2.0

/** What a {@link TickstreamError} may carry besides its sentence. */
export interface TickstreamErrorOptions {
  /** What exactly was wrong: a value, a field, a limit. Shown after the sentence. */
  details?: string;
  /** The error that led to this one. */
  cause?: unknown;
}

/**
 * The base of every error that Tickstream's packages throw.
 *
 * Each layer extends it with a class named for what went wrong; callers branch on `code`
 * (kebab-case, part of the API) and show `shortMessage` to people.
 *
 * @example
 * try {
 *   await openTab(client, params);
 * } catch (error) {
 *   if (error instanceof TickstreamError && error.code === "amount-invalid") show(error.shortMessage);
 *   else throw error;
 * }
 */
export class TickstreamError extends Error {
  override readonly name: string = "TickstreamError";
  /** Stable, kebab-case, for programs: `hex-invalid`, `tab-insufficient`. */
  readonly code: string;
  /** One sentence for people, without details. */
  readonly shortMessage: string;
  /** What exactly was wrong, where that helps. */
  readonly details: string | undefined;

  constructor(code: string, shortMessage: string, options: TickstreamErrorOptions = {}) {
    const { details, cause } = options;
    super(
      details === undefined ? shortMessage : `${shortMessage} (${details})`,
      cause === undefined ? {} : { cause },
    );
    this.code = code;
    this.shortMessage = shortMessage;
    this.details = details;
  }

  /** The last error of the chain of causes: where it all began. */
  walk(): unknown;
  /** The first error in the chain of causes (this one first) that `matches`, or `null`. */
  walk(matches: (error: unknown) => boolean): unknown;
  walk(matches?: (error: unknown) => boolean): unknown {
    const chain = chainOfCauses(this);
    return matches ? (chain.find((error) => matches(error)) ?? null) : chain.at(-1);
  }
}

/** An error, its cause, that one's cause, …; each once, since such a chain can be made to loop. */
function chainOfCauses(first: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let error = first; error !== undefined && error !== null && !chain.includes(error);) {
    chain.push(error);
    error = error instanceof Error ? error.cause : undefined;
  }
  return chain;
}
