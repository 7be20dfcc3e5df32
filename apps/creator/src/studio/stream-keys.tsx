// SPDX-License-Identifier: Apache-2.0
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";

interface StreamKeys {
  /** The stream's key, if this page was shown it: the node keeps only its hash. */
  keyOf: (stream: string) => string | undefined;
  remember: (stream: string, key: string) => void;
}

const StreamKeysContext = createContext<StreamKeys | undefined>(undefined);

/** Stream keys that this page was shown. They are in its memory and nowhere else. */
export function useStreamKeys(): StreamKeys {
  const keys = use(StreamKeysContext);
  if (!keys) throw new Error("useStreamKeys outside of StreamKeysProvider");
  return keys;
}

export function StreamKeysProvider({ children }: { children: ReactNode }) {
  const [keys, setKeys] = useState<ReadonlyMap<string, string>>(new Map());
  const remember = useCallback(
    (stream: string, key: string) => setKeys((known) => new Map(known).set(stream, key)),
    [],
  );
  const state = useMemo(() => ({ keyOf: (stream: string) => keys.get(stream), remember }), [keys, remember]);
  return <StreamKeysContext value={state}>{children}</StreamKeysContext>;
}
