// SPDX-License-Identifier: Apache-2.0
import type { TransactionStep } from "@tickstream/sdk";
import { useEffect, useRef, useState } from "react";

/** What an action tells how far it is, and is told to stop waiting by. */
export interface FollowTransaction {
  onStep: (step: TransactionStep) => void;
  signal: AbortSignal;
}

export interface Transaction<Input, Output> {
  /** How far it is; `undefined` while nothing is on its way. */
  step: TransactionStep | undefined;
  error: unknown;
  /** Whether the last one succeeded. */
  done: boolean;
  /** What it came to. */
  result: Output | undefined;
  /** Resolves with whether it is in a block. One at a time: while one is on its way, nothing happens. */
  run: (input: Input) => Promise<boolean>;
  /** Forgets how the last one went. */
  reset: () => void;
}

/** One kind of transaction of the wallet, with its progress. Leaving the page aborts `signal`. */
export function useTransaction<Input = void, Output = void>(
  action: (input: Input, follow: FollowTransaction) => Promise<Output>,
): Transaction<Input, Output> {
  const [step, setStep] = useState<TransactionStep>();
  const [error, setError] = useState<unknown>();
  const [outcome, setOutcome] = useState<{ result: Output }>();
  const running = useRef<AbortController | undefined>(undefined);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
      running.current?.abort();
    };
  }, []);
  const reset = (): void => {
    setError(undefined);
    setOutcome(undefined);
  };
  const run = async (input: Input): Promise<boolean> => {
    if (running.current) return false;
    const { signal } = (running.current = new AbortController());
    reset();
    setStep("connecting");
    try {
      const result = await action(input, {
        // Steps told late, of finality, are of an action whose page has gone on.
        onStep: (reached) => running.current?.signal === signal && setStep(reached),
        signal,
      });
      setOutcome({ result });
      return true;
    } catch (cause) {
      if (alive.current) setError(cause);
      return false;
    } finally {
      running.current = undefined;
      setStep(undefined);
    }
  };
  return { step, error, done: outcome !== undefined, result: outcome?.result, run, reset };
}
