// SPDX-License-Identifier: Apache-2.0
import type { TransactionStep } from "@tickstream/sdk";
import { useCallback, useEffect, useRef, useState } from "react";

export interface Transaction<Input, Output> {
  /** How far it is; `undefined` while nothing is on its way. */
  step: TransactionStep | undefined;
  error: unknown;
  /** What the last one came to. */
  result: Output | undefined;
  /** Resolves with whether it is in a block. One at a time: while one is on its way, nothing happens. */
  run: (input: Input) => Promise<boolean>;
}

/** One kind of transaction of the wallet, with its progress. Leaving the page stops waiting for it. */
export function useTransaction<Input, Output>(
  action: (
    input: Input,
    follow: { onStep: (step: TransactionStep) => void; signal: AbortSignal },
  ) => Promise<Output>,
): Transaction<Input, Output> {
  const [step, setStep] = useState<TransactionStep>();
  const [error, setError] = useState<unknown>();
  const [result, setResult] = useState<Output>();
  const running = useRef<AbortController | undefined>(undefined);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
      running.current?.abort();
    };
  }, []);
  const run = useCallback(
    async (input: Input) => {
      if (running.current) return false;
      const { signal } = (running.current = new AbortController());
      setError(undefined);
      setResult(undefined);
      setStep("connecting");
      try {
        const output = await action(input, {
          onStep: (next) => running.current?.signal === signal && setStep(next),
          signal,
        });
        setResult(output);
        return true;
      } catch (cause) {
        if (alive.current) setError(cause);
        return false;
      } finally {
        running.current = undefined;
        setStep(undefined);
      }
    },
    [action],
  );
  return { step, error, result, run };
}
