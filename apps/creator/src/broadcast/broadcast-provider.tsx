// SPDX-License-Identifier: Apache-2.0
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from "react";
import { Broadcast, type BroadcastView } from "./broadcast.ts";

const BroadcastContext = createContext<Broadcast | undefined>(undefined);

/** The page's one broadcast, and what it shows now. */
export function useBroadcast(): { broadcast: Broadcast; view: BroadcastView } {
  const broadcast = use(BroadcastContext);
  if (!broadcast) throw new Error("useBroadcast outside of BroadcastProvider");
  const view = useSyncExternalStore(broadcast.subscribe, () => broadcast.view);
  return { broadcast, view };
}

export function BroadcastProvider({ children }: { children: ReactNode }) {
  const [broadcast] = useState(() => new Broadcast());
  useEffect(() => {
    const end = () => void broadcast.stop();
    // Leaving by accident would end the show: the browser asks.
    const ask = (event: BeforeUnloadEvent) => {
      if (broadcast.view.stream !== null) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    window.addEventListener("pagehide", end);
    return () => {
      window.removeEventListener("beforeunload", ask);
      window.removeEventListener("pagehide", end);
    };
  }, [broadcast]);
  return <BroadcastContext value={broadcast}>{children}</BroadcastContext>;
}
