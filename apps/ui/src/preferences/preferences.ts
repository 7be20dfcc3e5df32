// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState } from "react";

/** What a browser remembers for the person who uses it: choices, never a secret. */
const PREFIX = "tickstream.";

export function readPreference(name: string): string | null {
  return localStorage.getItem(PREFIX + name);
}

/** @param value `null` forgets it */
export function writePreference(name: string, value: string | null): void {
  if (value === null) localStorage.removeItem(PREFIX + name);
  else localStorage.setItem(PREFIX + name, value);
}

/** A choice that is still there after a reload. What was stored and isn't among `choices` counts as nothing. */
export function usePreference<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  initial: Choice,
): [Choice, (choice: Choice) => void] {
  const [choice, setChoice] = useState<Choice>(() => {
    const stored = readPreference(name);
    return choices.find((known) => known === stored) ?? initial;
  });
  const choose = useCallback(
    (chosen: Choice) => {
      writePreference(name, chosen);
      setChoice(chosen);
    },
    [name],
  );
  return [choice, choose];
}
