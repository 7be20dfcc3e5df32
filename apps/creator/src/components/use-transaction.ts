// SPDX-License-Identifier: Apache-2.0
import type { TransactionStep } from "@tickstream/sdk";
import { useCallback, useState } from "react";

/** A transaction of the wallet, as a page shows it. */
export interface Transaction {
  /** How far it is; undefined where none runs. */
  step: TransactionStep | undefined;
  error: unknown;
  /** Whether the last one succeeded. */
  done: boolean;
  run: (action: (onStep: (step: TransactionStep) => void) => Promise<unknown>) => Promise<void>;
  /** Forgets how the last one went. */
  reset: () => void;
}

export function useTransaction(): Transaction {
  const [step, setStep] = useState<TransactionStep>();
  const [error, setError] = useState<unknown>();
  const [done, setDone] = useState(false);
  const run = useCallback<Transaction["run"]>(async (action) => {
    // Steps told late, of finality, are of an action whose page has gone on.
    let running = true;
    setError(undefined);
    setDone(false);
    setStep("connecting");
    try {
      await action((reached) => running && setStep(reached));
      setDone(true);
    } catch (cause) {
      setError(cause);
    } finally {
      running = false;
      setStep(undefined);
    }
  }, []);
  const reset = useCallback(() => {
    setError(undefined);
    setDone(false);
  }, []);
  return { step, error, done, run, reset };
}
